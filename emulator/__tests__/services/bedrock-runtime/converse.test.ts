import { scheduleOf, sleepPast, sleepUntil } from '../../../services/bedrock-runtime/converse';

const patient = new AbortController().signal;

describe('the schedule of an answer', () => {
  it('has its first token after the time to first token, and the others at the rate drawn', () => {
    const schedule = scheduleOf(1_000, { outcome: 'answer', timeToFirstTokenMs: 200, tokensPerSecond: 50 });
    expect([1, 2, 11].map((count) => schedule.said(count))).toEqual([1_200, 1_220, 1_400]);
    expect(schedule.end(11)).toBe(1_420);
  });

  it('has all tokens at once without a rate', () => {
    const schedule = scheduleOf(1_000, { outcome: 'answer', timeToFirstTokenMs: 200 });
    expect([schedule.said(1), schedule.said(9), schedule.end(9)]).toEqual([1_200, 1_200, 1_200]);
  });

  it('is over at once for a model without a behaviour', () => {
    expect(scheduleOf(1_000, undefined).end(9)).toBe(1_000);
  });
});

describe.each([sleepUntil, sleepPast])('$name', (sleep) => {
  it.each([-5, 0, 0.4, 1.7, 2.2, 20.5])('never ends before its time: in %s ms', async (ms) => {
    const deadline = performance.now() + ms;
    await sleep(deadline, patient);
    expect(performance.now()).toBeGreaterThanOrEqual(deadline);
  });

  it.each([1.5, 1e12])('ends when nobody waits any more: of %s ms', async (ms) => {
    const caller = new AbortController();
    const sleeping = sleep(performance.now() + ms, caller.signal);
    caller.abort();
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
  });
});
