import fc from 'fast-check';
import { lossChart, toWidth, parseMetrics } from '../../../finetune/job/metrics';
import { textOf, widthOf } from '../../terminal';

const HEADER = 'step_number,epoch_number,training_loss,perplexity';

test('reads steps, whatever ends the lines', () => {
  const expected = [
    { step: 0, epoch: 0, loss: 2.5, perplexity: 12.18 },
    { step: 1, epoch: 0, loss: 1.25, perplexity: undefined },
  ];
  for (const end of ['\n', '\r\n']) {
    expect(parseMetrics([HEADER, '0,0,2.5,12.18', '1,0,1.25,', ''].join(end), 'training_loss')).toEqual(
      expected,
    );
  }
});

test('finds columns by their names', () => {
  const csv = 'validation_loss,step_number,epoch_number\n0.5,3,1\n';
  expect(parseMetrics(csv, 'validation_loss')).toEqual([
    { step: 3, epoch: 1, loss: 0.5, perplexity: undefined },
  ]);
});

test.each([
  ['', /no column step_number/],
  ['step_number,epoch_number\n1,2', /no column training_loss/],
  [`${HEADER}\n0,0,low,1`, /Line 2 .* no number under training_loss/],
  [`${HEADER}\n0,0`, /no number under training_loss/],
])('refuses %j', (csv, message) => {
  expect(() => parseMetrics(csv, 'training_loss')).toThrow(message);
});

test('reads back whatever numbers are written', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const step = fc.record({ step: fc.nat(), epoch: fc.nat(), loss: number, perplexity: number });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const lines = steps.map(
        ({ step: n, epoch, loss, perplexity }) => `${n},${epoch},${loss},${perplexity}`,
      );
      const read = parseMetrics([HEADER, ...lines].join('\n'), 'training_loss');
      expect(read.map(({ loss }) => loss + 0)).toEqual(steps.map(({ loss }) => loss + 0));
    }),
  );
});

test('a chart is as wide as a terminal, and its values lie between the least and the most', () => {
  const losses = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 500 });
  fc.assert(
    fc.property(losses, fc.integer({ min: 2, max: 80 }), (values, width) => {
      const drawn = toWidth(values, width);
      expect(drawn.length).toBeLessThanOrEqual(width);
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
      expect(Math.max(...drawn)).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
    }),
  );
});

test.each([40, 80, 200])('a chart of many steps fits a terminal of %d columns, and uses it', (columns) => {
  const steps = Array.from({ length: 500 }, (_, step) => ({
    ...{ step, epoch: 0, loss: 10 + Math.sin(step), perplexity: undefined },
  }));
  const [, chart = ''] = lossChart('', steps);
  const width = widthOf(textOf([chart], columns));
  expect(width).toBeLessThanOrEqual(columns);
  expect(width).toBeGreaterThan(columns - 10);
});

test('a chart says where the loss began and ended', () => {
  const steps = [2, 1.5, 1].map((loss, step) => ({ step, epoch: 0, loss, perplexity: undefined }));
  expect(lossChart('Training loss', steps)[0]).toBe('Training loss, step 0 to 2 (2.0000 → 1.0000):');
  expect(lossChart('Training loss', [])).toEqual(['Training loss: no steps were recorded.']);
});
