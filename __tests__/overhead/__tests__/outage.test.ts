import { deadPhase } from '../outage/dead-phase';
import type { CallerRequest, Observation, ObservedPhase } from '../outage/observation';
import { recovery } from '../outage/recovery';
import { summarizeOutage } from '../outage/summary';
import { parseLogEvent, type LogEvent } from '../outage/log-event';
import { latenciesOf } from '@assistant/operator/report';

const MODEL = 'primary-model';
const settings = {
  failures: 5,
  failureRate: 0.5,
  minimumCalls: 10,
  windowSeconds: 10,
  openSeconds: 1,
  maxOpenSeconds: 4,
  goodProbes: 2,
};
const healthy: ObservedPhase = { name: 'healthy', mode: 'healthy', from: 0, to: 10_000, primaryCalls: 2 };
const dead: ObservedPhase = { name: 'dead', mode: 'error', from: 10_000, to: 20_000, primaryCalls: 4 };
const revived: ObservedPhase = {
  name: 'revived',
  mode: 'healthy',
  from: 20_000,
  to: 30_000,
  primaryCalls: 2,
};

const request = (startedAt: number, latencyMs: number, tier: string): CallerRequest => ({
  startedAt,
  endedAt: startedAt + latencyMs,
  tier,
});
const failed = (at: number, circuit: string, durationMs = 100, model = MODEL): LogEvent => ({
  kind: 'failed_call',
  at,
  durationMs,
  model,
  circuit,
  failure: 'internal_error',
});
const transition = (at: number, from: string, to: string): LogEvent => ({
  kind: 'transition',
  at,
  model: MODEL,
  from,
  to,
});
const refusal = (at: number): LogEvent => ({ kind: 'refusal', at, model: MODEL });
const observation = (events: readonly LogEvent[], requests: readonly CallerRequest[]): Observation => ({
  primaryModel: MODEL,
  phases: [healthy, dead, revived],
  requests,
  events,
});

const outage = observation(
  [
    failed(10_100, 'closed'),
    transition(11_000, 'closed', 'open'),
    failed(11_200, 'closed'),
    failed(11_300, 'closed', 100, 'another-model'),
    failed(12_100, 'half_open'),
    // Under way when the model comes back, and lost all the same.
    failed(19_500, 'half_open', 1_000),
    transition(24_900, 'half_open', 'closed'),
  ],
  [
    request(5_000, 100, 'primary'),
    request(10_100, 700, 'fallback'),
    request(12_000, 200, 'fallback'),
    request(13_000, 200, 'degraded'),
    request(21_000, 100, 'fallback'),
    request(24_600, 100, 'primary'),
    request(26_000, 100, 'primary'),
    request(29_950, 2_000, 'fallback'),
  ],
);

describe('a phase with a dead model', () => {
  it('tells calls before the opening, calls of instances that had not read of it, and probes apart', () => {
    expect(deadPhase(dead, outage)).toMatchObject({
      openedAfterMs: 1_000,
      calls: { beforeOpening: 1, unaware: 1, probes: 2, upstream: 4 },
      lastUnawareAfterMs: 200,
    });
  });

  it('tells callers from before and after the opening apart', () => {
    const { beforeOpening, afterOpening, tiers, throughput } = deadPhase(dead, outage);
    expect(beforeOpening).toMatchObject({ p50: 700, p99: 700 });
    expect(afterOpening).toMatchObject({ p50: 200, p99: 200 });
    expect(tiers).toEqual({ fallback: 2, degraded: 1 });
    expect(throughput).toBeCloseTo(2 / 9);
  });

  it('has its opening from the first refusal, where the transition was logged late', () => {
    const late = observation([refusal(10_400), transition(15_000, 'closed', 'open')], outage.requests);
    expect(deadPhase(dead, late).openedAfterMs).toBe(400);
  });

  it('says so where the circuit never opened', () => {
    const never = deadPhase(dead, observation([failed(10_100, 'closed')], outage.requests));
    expect(never).not.toHaveProperty('openedAfterMs');
    expect(never).not.toHaveProperty('afterOpening');
    expect(never.calls).toMatchObject({ beforeOpening: 1, unaware: 0, probes: 0 });
  });
});

describe('a recovery', () => {
  const options = { diedAt: dead.from, settings, probeMs: 150 };

  it('may take what is left of the back-off after the last probe that was lost, and the good probes', () => {
    // The second failed probe ended at 20.5 s, and 4 s of back-off follow it.
    expect(recovery(revived, outage, options)).toMatchObject({ waitMs: 4_500, boundMs: 4_800 });
  });

  it('tells when the primary model answered first, when the circuit closed and when all knew', () => {
    expect(recovery(revived, outage, options)).toMatchObject({
      firstPrimaryAfterMs: 4_700,
      closedAfterMs: 4_900,
      // The request that met the next phase does not count.
      lastFallbackAfterMs: 1_100,
      tiers: { fallback: 1, primary: 2 },
    });
  });

  it('has nothing to wait for where the circuit had not opened', () => {
    const never = observation([failed(10_100, 'closed')], outage.requests);
    expect(recovery(revived, never, options)).toMatchObject({ waitMs: 0, boundMs: 300 });
    expect(recovery(revived, never, options)).not.toHaveProperty('closedAfterMs');
  });
});

it('an outage has the figures of each of its phases', () => {
  const setting = { concurrency: 1, thinkMs: 20, upstreamMs: 100, circuit: settings };
  const summary = summarizeOutage(setting, latenciesOf([100]), outage);
  expect(summary.healthy).toMatchObject({ p50: 100, throughput: 0.1, tiers: { primary: 1 } });
  expect(summary.dead.map(({ name }) => name)).toEqual(['dead']);
  expect(summary.recovered.map(({ name, boundMs }) => [name, boundMs])).toEqual([['revived', 4_740]]);
  expect(summary.phases[1]).toEqual({ name: 'dead', fromMs: 10_000, toMs: 20_000 });
  expect(summary.timeline[0]).toEqual({ atMs: 5_000, tiers: { primary: 1 }, p50: 100, max: 100 });
  expect(summary.timeline).toHaveLength(outage.requests.length);
});

describe('a line of a function’s log', () => {
  const timestamp = '2026-11-22T12:00:01.000Z';
  const at = Date.parse(timestamp);
  it.each([
    {
      line: { message: 'circuit_transition', timestamp, model: MODEL, from: 'closed', to: 'open' },
      expected: { kind: 'transition', at, model: MODEL, from: 'closed', to: 'open' },
    },
    {
      line: {
        message: 'model_call_failed',
        timestamp,
        model: MODEL,
        circuit: 'half_open',
        failure: 'timeout',
        durationMs: 900,
      },
      expected: {
        kind: 'failed_call',
        at: at - 900,
        durationMs: 900,
        model: MODEL,
        circuit: 'half_open',
        failure: 'timeout',
      },
    },
    {
      line: { message: 'tier_unanswered', timestamp, model: MODEL, failure: 'circuit_open' },
      expected: { kind: 'refusal', at, model: MODEL },
    },
    { line: { message: 'answered', timestamp, model: MODEL }, expected: undefined },
    { line: 'START RequestId: 1', expected: undefined },
  ])('is read: $line', ({ line, expected }) => {
    expect(parseLogEvent(typeof line === 'string' ? line : JSON.stringify(line))).toEqual(expected);
  });
});
