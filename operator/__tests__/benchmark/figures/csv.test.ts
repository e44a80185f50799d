import { figuresCsv } from '../../../benchmark/figures/csv';
import { figuresOf } from '../../../benchmark/figures/figures';
import { NOVA, sampleResult } from '../sample-result';

const cellsOf = (line: string): readonly string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)]
    .map(([, text = '']) => text.replace(/^"|"$/g, '').replaceAll('""', '"'))
    .slice(0, -1);

it('figures are a table that any program reads: one row for each group, unknown ones empty', () => {
  const behaviour = { medianMs: 800, costUsd: null, met: () => 3 };
  const [row, ...others] = figuresOf(
    sampleResult({ models: { [NOVA]: behaviour }, questionsPerType: 2, runs: 3, types: ['a', 'b'] }),
  );
  if (row === undefined) throw new Error('There is no row.');
  const lines = figuresCsv([{ ...row, model: 'a "model", quoted' }, ...others]).split('\r\n');
  expect(lines).toHaveLength(1 + 3 + 1);
  const [head = [], first = [], second = []] = lines.map(cellsOf);
  expect(head.slice(0, 8)).toEqual([
    ...['model', 'region', 'api', 'type', 'calls', 'answered', 'latency p50 (ms)', 'latency p50 lower'],
  ]);
  expect(first.slice(0, 6)).toEqual(['a "model", quoted', 'us-east-1', 'converse', 'all', '12', '12']);
  expect(second.slice(0, 4)).toEqual([NOVA, 'us-east-1', 'converse', 'a']);
  expect(second).toHaveLength(head.length);
  const of = (name: string): string | undefined => second[head.indexOf(name)];
  expect([of('cost of 1,000 answers (USD)'), of('expectations met (share)')]).toEqual(['', '0.75']);
  expect(Number(of('latency p50 (ms)'))).toBeGreaterThan(0);
});
