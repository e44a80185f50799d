import { ticks } from '@assistant/operator/report';
import { htmlReport } from '../report/html';
import type { BenchResult } from '../report/result';
import { table } from '../report/table';
import { targetsOf } from '../report/targets';
import { textReport } from '../report/text';
import fc from 'fast-check';
import { RESULT } from './result-fixture';

const { healthy: _healthy, outage: _outage, coldStart: _coldStart, harness: _harness, ...NOTHING } = RESULT;
const missed = (result: BenchResult) =>
  targetsOf(result)
    .filter(({ met }) => !met)
    .map(({ promise }) => promise);

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
      'met    degradation: under 20 kB',
    ]) {
      expect(text).toContain(expected);
    }
    expect(text).not.toMatch(/NaN|undefined|MISSED|BUSY|FAILED/);
  });

  it('is a page that stands alone, in which text is text', () => {
    const html = htmlReport(RESULT);
    expect(html.match(/<svg /g)).toHaveLength(4);
    expect(html).not.toMatch(/NaN|undefined|<fast>|<lost>|https?:/);
  });

  it('shows the parts that were run, and no others', () => {
    const { coldStart = [] } = RESULT;
    const text = textReport({ ...NOTHING, coldStart });
    expect(text).toContain('Cold start');
    expect(text).not.toContain('Healthy');
    expect(htmlReport({ ...NOTHING, coldStart }).match(/<svg /g)).toHaveLength(1);
    expect(targetsOf(NOTHING)).toEqual([]);
  });

  it('says when the machine was busy, and when calls failed', () => {
    const busy = { ...RESULT, machine: { ...RESULT.machine, loadBefore: 1.9 } };
    expect(textReport(busy)).toContain('BUSY');
    const healthy = RESULT.healthy?.map((cell) => ({ ...cell, failures: ['path: status 503'] })) ?? [];
    expect(textReport({ ...RESULT, healthy })).toContain('2 calls FAILED');
  });

  it('puts the 99th percentile of few calls in brackets', () => {
    const row = (name: string) => new RegExp(`${name} .*`).exec(textReport(RESULT))?.[0];
    expect(row('whole local path')).toContain('(3.00)');
    expect(row('bare SDK call')).not.toContain('(');
  });
});

describe('targets', () => {
  it('are all met by the fixture, and each has a part that it comes from', () => {
    expect(missed(RESULT)).toEqual([]);
    expect(targetsOf(RESULT)).toHaveLength(9);
  });

  const cells = RESULT.healthy ?? [];
  const slower = (change: object) => ({
    ...RESULT,
    healthy: cells.map((cell) => ({
      ...cell,
      againstBare: {
        handler: { ...cell.againstBare.handler, ...change },
        path: { ...cell.againstBare.path, ...change },
      },
    })),
  });
  const at = (median: number) => ({ median, min: median, max: median });
  const dead = (change: object) => ({
    ...RESULT,
    outage: RESULT.outage && {
      ...RESULT.outage,
      dead: RESULT.outage.dead.map((phase) => ({ ...phase, ...change })),
    },
  });
  const recovered = (change: object) => ({
    ...RESULT,
    outage: RESULT.outage && {
      ...RESULT.outage,
      recovered: RESULT.outage.recovered.map((phase) => ({ ...phase, ...change })),
    },
  });
  const loaded = (change: object) => ({
    ...RESULT,
    coldStart: RESULT.coldStart?.map((result) => ({ ...result, ...change })),
  });

  it.each([
    { of: 'throughput', result: slower({ throughput: at(0.84) }), promise: /^handler: at least 0.85x/ },
    { of: 'tail', result: slower({ p99: at(1.31) }), promise: /^handler: p99/ },
    { of: 'local path', result: slower({ addedP50Ms: at(3.1) }), promise: /^whole local path/ },
    {
      of: 'callers in an outage',
      result: dead({ afterOpening: { p50: 123, p95: 130, p99: 140, quantiles: [] } }),
      promise: /^dead: silent, circuit open/,
    },
    { of: 'calls of a dead model', result: dead({ lastUnawareAfterMs: 1_001 }), promise: /probes only/ },
    {
      of: 'the model benchmark’s own cost',
      result: { ...RESULT, harness: RESULT.harness && { ...RESULT.harness, excessMs: 2 } },
      promise: /^model benchmark/,
    },
    { of: 'recovery', result: recovered({ closedAfterMs: 1_401 }), promise: /^recovered from silence/ },
    {
      of: 'recovery that never came',
      result: recovered({ closedAfterMs: undefined }),
      promise: /^recovered/,
    },
    { of: 'load time', result: loaded({ ratio: at(1.31) }), promise: /^primary-model/ },
    { of: 'size', result: loaded({ size: { minified: 20_000, zipped: 1 } }), promise: /^degradation/ },
  ])('$of: missed alone where it is missed', ({ result, promise }) => {
    expect(missed(result as BenchResult)).toEqual([expect.stringMatching(promise)]);
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

it('ticks are few, begin at 0 and stay within the axis', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (max) => {
      const found = ticks(max);
      expect(found[0]).toBe(0);
      expect(found.length).toBeGreaterThanOrEqual(3);
      expect(found.length).toBeLessThanOrEqual(7);
      expect(found.at(-1)).toBeLessThanOrEqual(max * (1 + 1e-9));
    }),
  );
});
