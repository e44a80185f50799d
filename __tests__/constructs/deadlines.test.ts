import fc from 'fast-check';
import { parseConfig } from '../../constructs/config/read-config';
import { deadlines } from '../../constructs/deadlines';
import { shippedConfig } from '../support/synthesize';

/** Seconds; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LAMBDA_SECONDS = 900;
/** Milliseconds that API Gateway waits for an integration which does not stream. */
const API_GATEWAY_MS = 29_000;

/** Whatever a deployment can configure. */
const configured = fc
  .record({
    primaryMs: fc.integer({ min: 500, max: 28_000 }),
    fallbackMs: fc.integer({ min: 500, max: 28_000 }),
    reserveMs: fc.integer({ min: 200, max: 10_000 }),
    maxSeconds: fc.integer({ min: 10, max: 840 }),
  })
  .filter(({ primaryMs, fallbackMs, reserveMs }) => {
    const totalMs = primaryMs + fallbackMs + reserveMs;
    return totalMs >= 1_500 && totalMs <= 28_000;
  })
  .map(({ primaryMs, fallbackMs, reserveMs, maxSeconds }) =>
    parseConfig({
      ...shippedConfig(),
      budget: { totalMs: primaryMs + fallbackMs + reserveMs, primaryMs, reserveMs },
      streaming: { maxSeconds },
    }),
  );

const isBefore = (...milliseconds: readonly number[]): boolean =>
  milliseconds.every((each, index) => index === 0 || (milliseconds[index - 1] ?? NaN) < each);

describe('whatever is configured', () => {
  it('a tier ends itself before the state machine gives up on it, which is before Lambda ends it', () => {
    fc.assert(
      fc.property(configured, (config) => {
        const { primary, fallback } = deadlines(config);
        for (const { time, taskSeconds, functionSeconds } of [primary, fallback])
          expect(isBefore(time.deadlineMs, taskSeconds * 1_000, functionSeconds * 1_000)).toBe(true);
      }),
    );
  });

  it('the degraded answer comes before API Gateway gives up, and the fallback tier has its least time before', () => {
    fc.assert(
      fc.property(configured, (config) => {
        const { primary, fallback, lastDeadlineMs } = deadlines(config);
        expect(primary.time.deadlineMs + fallback.time.leastMs).toBe(lastDeadlineMs);
        expect(isBefore(lastDeadlineMs + config.budget.reserveMs, API_GATEWAY_MS)).toBe(true);
      }),
    );
  });

  it('an execution outlives its tasks, one after the other, also where the first hangs', () => {
    fc.assert(
      fc.property(configured, (config) => {
        const { primary, fallback, degradation, count, execution } = deadlines(config);
        const answered = fallback.taskSeconds + degradation.taskSeconds + count.taskSeconds;
        expect(isBefore(answered, execution.seconds)).toBe(true);
        const hung = primary.taskSeconds + fallback.afterTimeoutSeconds;
        expect(hung).toBeLessThanOrEqual(fallback.taskSeconds + 1);
      }),
    );
  });

  it('a stream’s function outlives the longest answer with a fallback at its end, and not what Lambda allows', () => {
    fc.assert(
      fc.property(configured, (config) => {
        const { stream, fallback } = deadlines(config);
        const last = stream.longestMs + fallback.time.leastMs;
        expect(isBefore(last, stream.functionSeconds * 1_000, LAMBDA_SECONDS * 1_000)).toBe(true);
      }),
    );
  });
});
