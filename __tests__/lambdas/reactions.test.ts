import { classifyFailure } from '../../contract/bedrock-failures';
import { callModel, retryAfterMs } from '../../lambdas/tier/call-model';
import { REACTIONS } from '../../lambdas/tier/reactions';
import { EXAMPLES, exception } from './failures';

describe('the reaction to a failure', () => {
  it.each(EXAMPLES)('is %s for %s', (expected, _, error) => {
    expect(classifyFailure(error, false)).toBe(expected);
  });

  it('is timeout for whatever an aborted call throws', () => {
    for (const [, , error] of EXAMPLES) expect(classifyFailure(error, true)).toBe('timeout');
  });

  it('has an example for every row', () => {
    const rows = new Set([...EXAMPLES.map(([row]) => row), 'timeout']);
    expect([...rows].sort()).toEqual(Object.keys(REACTIONS).sort());
  });

  it('never counts the caller’s or our own fault against a model', () => {
    expect(REACTIONS.input_too_long.counts).toBe(false);
    expect(REACTIONS.request_rejected.counts).toBe(false);
  });

  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:03 GMT' }, 2_000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('reads Retry-After from %j', (headers, expected) => {
    expect(retryAfterMs({ $response: { headers } }, 1_000)).toBe(expected);
  });
});

describe('a call of a model', () => {
  const reply = { text: 'Hello', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 1 } };

  /** Calls a model whose attempts fail as listed, then succeed. */
  async function call(failures: readonly unknown[], budgetMs = 5_000) {
    const left = [...failures] as (Error | undefined)[];
    const seen: string[] = [];
    let attempts = 0;
    const result = await callModel({
      attempt: () => {
        attempts += 1;
        return left.length > 0 ? Promise.reject(left.shift() ?? new Error('none')) : Promise.resolve(reply);
      },
      deadline: Date.now() + budgetMs,
      onFailure: (failure, attempt) => seen.push(`${failure} ${attempt}`),
      random: () => 0.01,
    });
    return { result, attempts, seen };
  }

  it.each(EXAMPLES.filter(([row]) => row !== 'unknown'))(
    'makes as many attempts as the table says for %s (%s)',
    async (row, _, error) => {
      const { attempts, result } = await call([error, error, error]);
      expect(result).toEqual({ failure: row });
      expect(attempts).toBe(1 + REACTIONS[row].retries);
    },
  );

  it('answers after a retry, and tells of the failure before', async () => {
    const { result, seen } = await call([exception('ThrottlingException')]);
    expect(result).toEqual({ reply });
    expect(seen).toEqual(['throttled 1']);
  });

  it('falls back at once where Retry-After does not fit', async () => {
    const patient = Object.assign(exception('ThrottlingException'), {
      $response: { headers: { 'retry-after': '9' } },
    });
    const began = Date.now();
    const { attempts } = await call([patient]);
    expect(attempts).toBe(1);
    expect(Date.now() - began).toBeLessThan(1_000);
  });

  it('makes no attempt that has no time left', async () => {
    expect(await call([], 100)).toEqual({ result: { failure: 'timeout' }, attempts: 0, seen: [] });
  });

  it('aborts an attempt at the deadline', async () => {
    const aborted = await callModel({
      attempt: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
      deadline: Date.now() + 400,
      onFailure: () => undefined,
    });
    expect(aborted).toEqual({ failure: 'timeout' });
  });
});
