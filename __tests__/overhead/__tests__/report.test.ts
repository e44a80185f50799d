import { htmlReport } from '../report/page';
import { targetsOf } from '../report/targets';
import { table, textReport } from '../report/text';
import { NOTHING, RESULT } from './result-fixture';

describe('the report', () => {
  it('names the machine, the variants, the phases, the functions and the targets', () => {
    const text = textReport(RESULT);
    for (const expected of [
      'A <fast> CPU, 2 cores, 8 GB, linux 6, Node v20.19.0, commit abc1234',
      'esbuild 0.28.2',
      '10 concurrent, upstream 100 ms',
      '0.90x [0.90x – 0.90x]',
      'dead: silent, circuit open',
      '20 before the opening',
      'primary-model (bare: bare)',
      '1300 streams were begun, of which 300 ended whole with 30000 deltas in all; 0 were lost.',
      'Soak: 20 questions a second for 20 minutes',
      'held   degradation: under 20 kB',
    ]) {
      expect(text).toContain(expected);
    }
    expect(text).not.toMatch(/NaN|undefined|MISSED|BUSY|FAILED/);
  });

  it('is a page that stands alone, in which text is text', () => {
    const html = htmlReport(RESULT);
    expect(html.match(/<svg [^>]*role="img"/g)).toHaveLength(2 * (3 + 2 + 1));
    expect(html).not.toMatch(/NaN|undefined|<fast>|<lost>|https?:(?!\/\/www\.w3\.org)/);
    expect(html).toContain('Held: all 19 targets.');
    expect(html).toContain('<title>Overhead: ');
  });

  it('shows the parts that were run, and no others', () => {
    const { coldStart = [] } = RESULT;
    const text = textReport({ ...NOTHING, coldStart });
    expect(text).toContain('Cold start');
    expect(text).not.toContain('Healthy');
    expect(htmlReport({ ...NOTHING, coldStart }).match(/<svg [^>]*role="img"/g)).toHaveLength(2);
    expect(targetsOf(NOTHING)).toEqual([]);
  });

  it('says when the machine was busy, and when calls failed', () => {
    const busy = { ...RESULT, machine: { ...RESULT.machine, loadBefore: 1.9 } };
    expect(textReport(busy)).toContain('BUSY');
    const healthy = RESULT.healthy?.map((cell) => ({ ...cell, failures: ['path: status 503'] })) ?? [];
    expect(textReport({ ...RESULT, healthy })).toContain('3 calls FAILED');
  });

  it('puts the 99th percentile of few calls in brackets', () => {
    const row = (name: string) => new RegExp(`${name} .*`).exec(textReport(RESULT))?.[0];
    expect(row('whole local path')).toContain('(2.50)');
    expect(row('bare SDK call')).not.toContain('(');
  });
});

describe('a table', () => {
  it('aligns the first column left and the others right', () => {
    expect(table([['a', '100'], ['bb', '1', 'x'], ['c']])).toBe('  a   100\n  bb    1  x\n  c\n');
  });

  it('of nothing is nothing', () => {
    expect(table([])).toBe('');
  });
});
