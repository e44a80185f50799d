import * as sdk from '@aws-sdk/client-bedrock-runtime';
import { scheduleOf, sleepPast, sleepUntil } from '../../../services/bedrock-runtime/converse';
import { standIn } from '../../../services/bedrock-runtime/answerer';
import { Guardrails } from '../../../services/bedrock-runtime/guardrail';
import { converseStream } from '../../../services/bedrock-runtime/converse-stream';
import { type Draw, ModelBehaviours } from '../../../services/bedrock-runtime/model-behaviours';
import { ask, HAIKU, NOVEMBER_2026, Rig } from './fixture';

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

let rig: Rig | undefined;
afterEach(() => rig?.stop());

const fixed = (value: number) => ({ kind: 'fixed', value });

async function start(behaviour: object): Promise<Rig> {
  const behaviours = new ModelBehaviours();
  behaviours.set({ models: [{ model: HAIKU, region: 'primary', ...behaviour }] });
  rig = await Rig.start({ behaviours });
  return rig;
}

/** Milliseconds from the start to each text event and to the end. */
async function times(running: Rig) {
  const startedAt = performance.now();
  const texts: number[] = [];
  const events: sdk.ConverseStreamOutput[] = [];
  for await (const event of running.stream()) {
    events.push(event);
    if (event.contentBlockDelta) texts.push(performance.now() - startedAt);
  }
  return { events, texts, end: performance.now() - startedAt };
}

const PACE = { timeToFirstTokenMs: fixed(60), tokensPerSecond: fixed(200), outputTokens: fixed(9) };

describe('a model with a behaviour', () => {
  it('answers no earlier than its tokens take, and says how long it took', async () => {
    const running = await start(PACE);
    const startedAt = performance.now();
    const { usage, metrics } = await running.converse();
    const elapsed = performance.now() - startedAt;
    expect(elapsed).toBeGreaterThanOrEqual(105);
    expect(metrics?.latencyMs).toBeGreaterThanOrEqual(105);
    expect(metrics?.latencyMs).toBeLessThanOrEqual(Math.ceil(elapsed));
    expect(usage?.outputTokens).toBe(9);
  });

  it('streams no token before its time', async () => {
    const { events, texts, end } = await times(await start(PACE));
    // 200 tokens a second in at most 50 events: one token, and then four at a time.
    expect(texts).toHaveLength(3);
    for (const [index, due] of [60, 80, 100].entries()) expect(texts[index]).toBeGreaterThanOrEqual(due);
    expect(end).toBeGreaterThanOrEqual(105);
    const { usage, metrics } = events.at(-1)?.metadata ?? {};
    expect(usage?.outputTokens).toBe(9);
    expect(metrics?.latencyMs).toBeGreaterThanOrEqual(105);
  });

  it('streams the later under a fault that delays', async () => {
    const running = await start(PACE);
    running.faults.add({ region: 'primary', target: 'bedrock', mode: 'slow', ms: 50 });
    const { texts, end } = await times(running);
    expect(texts[0]).toBeGreaterThanOrEqual(109);
    expect(end).toBeGreaterThanOrEqual(154);
  });

  it('throttles at once', async () => {
    const running = await start({ throttleRate: 1, timeToFirstTokenMs: fixed(1e9) });
    await expect(running.converse()).rejects.toBeInstanceOf(sdk.ThrottlingException);
    await expect(times(running)).rejects.toBeInstanceOf(sdk.ThrottlingException);
  });

  it('fails after its time to first token', async () => {
    const running = await start({ errorRate: 1, timeToFirstTokenMs: fixed(40) });
    const startedAt = performance.now();
    await expect(running.converse()).rejects.toBeInstanceOf(sdk.InternalServerException);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(40);
  });

  it('draws nothing for what is refused', async () => {
    const draws: Draw[] = [];
    rig = await Rig.start({
      behaviours: {
        next: () => {
          draws.push({ outcome: 'throttle', timeToFirstTokenMs: 0 });
          return draws.at(-1);
        },
      },
    });
    await expect(rig.converse({ messages: [] })).rejects.toBeInstanceOf(sdk.ValidationException);
    expect(draws).toEqual([]);
    await expect(rig.converse()).rejects.toBeInstanceOf(sdk.ThrottlingException);
    expect(draws).toHaveLength(1);
  });

  it('leaves other models as they were', async () => {
    const running = await start({ throttleRate: 1 });
    expect((await running.converse({ modelId: 'amazon.nova-lite-v1:0' })).stopReason).toBe('end_turn');
  });

  it('stops when its caller hangs up', async () => {
    const caller = new AbortController();
    const { frames } = await converseStream(
      {
        ...{ modelId: HAIKU, region: 'us-east-1', now: NOVEMBER_2026, body: ask('Where?') },
        ...{ signal: caller.signal, arrivedAt: performance.now() },
        draw: () => ({ outcome: 'answer', timeToFirstTokenMs: 1e9 }),
        guardrail: (named) => new Guardrails([]).find(named),
      },
      standIn,
    );
    const reading = (async () => {
      for await (const frame of frames) if (frame.length > 0) caller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
