import fc from 'fast-check';
import type { FailureClass } from '../../contract/bedrock-failures';
import type { ModelChoice } from '../../contract/model-config';
import type { CallOptions } from '../../lambdas/tier/call-model';
import { REACTIONS } from '../../lambdas/tier/reactions';
import { skipTime } from '../support/skip-time';
import { call, LIMITS, LONG_MS, MODEL, reply, rule } from './call-model-fixture';
import { exception } from './failures';
import { says, scripted, start, stops, thinks, type Step } from './scripted-bedrock';

skipTime();

describe('the tier’s time, when it is up', () => {
  const talking = Array.from({ length: 50 }, (_, at) => [says(`${at} `), 20]).flat();
  const thinking = Array.from({ length: 50 }, () => [thinks('Hm.'), 20]).flat();

  it('gives what a model has said, as a cut answer', async () => {
    const { result, seen } = await call(scripted(talking), { budgetMs: 400 });
    expect(result).toEqual(reply(expect.stringMatching(/^0 1 2 /) as string, 'deadline'));
    expect(seen).toEqual([]);
  });

  it('hands over to the next tier where the rule asks for it', async () => {
    const { result } = await call(scripted(talking), {
      budgetMs: 400,
      rule: { ...rule, atDeadline: 'next_tier' },
    });
    expect(result).toEqual({ failure: 'unfinished' });
  });

  const silent = [start, thinks('Hm.'), LONG_MS];
  const model = (modelId: string, fields?: ModelChoice['additionalModelRequestFields']) => ({
    model: { modelId, firstSignMs: 60, ...(fields && { additionalModelRequestFields: fields }) },
  });
  const OFF = { thinking: { type: 'disabled' } };
  it.each<[FailureClass, string, readonly Step[], Partial<CallOptions>]>([
    ['unfinished', 'a model that still thinks', thinking, {}],
    ['unfinished', 'one that always does, in silence', silent, model('us.anthropic.claude-sonnet-5-5')],
    ['unfinished', 'one that does unless told not to', silent, model('global.anthropic.claude-haiku-5-5')],
    [
      'unfinished',
      'one that was asked to',
      silent,
      model('us.amazon.nova-2-lite-v1:0', { reasoningConfig: { type: 'enabled' } }),
    ],
    ['unfinished', 'one that is not known', silent, model('us.vendor.model', OFF)],
    [
      'unfinished',
      'one that may, for longer than its own gap',
      silent,
      { model: { ...LIMITS, modelId: 'us.anthropic.claude-sonnet-5-5' } },
    ],
    [
      'stalled',
      'one that may, but has begun to speak',
      [start, says('Hel'), LONG_MS],
      { model: { ...LIMITS, modelId: 'us.anthropic.claude-sonnet-5-5' } },
    ],
    [
      'stalled',
      'one that was told not to',
      silent,
      { model: { ...LIMITS, modelId: 'us.anthropic.claude-haiku-5-5', additionalModelRequestFields: OFF } },
    ],
    [
      'out_of_time',
      'one whose first sign was due later',
      [LONG_MS],
      { model: { ...MODEL, firstSignMs: LONG_MS } },
    ],
    [
      'timeout',
      'one that was silent for a tier’s least time',
      [LONG_MS],
      { model: { modelId: MODEL.modelId } },
    ],
    [
      'out_of_time',
      'one that had little of a tier’s least time',
      [LONG_MS],
      { model: { modelId: MODEL.modelId }, leastMs: LONG_MS },
    ],
    [
      'out_of_time',
      'one that may still read a conversation longer than a question can be',
      [LONG_MS],
      { turns: [{ question: 'Hi?', answer: '§'.repeat(16_000) }] },
    ],
    [
      'out_of_time',
      'one that has begun, and may still read it',
      [start, LONG_MS],
      { turns: [{ question: 'Hi?', answer: '§'.repeat(16_000) }] },
    ],
    [
      'stalled',
      'one that has begun, and has a shorter one to read',
      [start, LONG_MS],
      { turns: [{ question: 'Hi?', answer: '§'.repeat(15_000) }] },
    ],
    [
      'out_of_time',
      'one that may still read what its caller’s application adds to a long question',
      [LONG_MS],
      { question: '§'.repeat(8_000), rule: { ...rule, callerPrompt: '§'.repeat(8_000) } },
    ],
    [
      'timeout',
      'one that has a shorter one to read',
      [LONG_MS],
      { turns: [{ question: 'Hi?', answer: '§'.repeat(15_000) }] },
    ],
    ['out_of_time', 'a model without streaming', [LONG_MS], { model: { ...MODEL, streams: false } }],
  ])('is %s for %s', async (failure, _, steps, changes) => {
    const { result, tookMs } = await call(scripted(steps), { budgetMs: 400, ...changes });
    expect(result).toEqual({ failure });
    expect(tookMs).toBeLessThanOrEqual(400);
  });

  it('is not waited for as long as for a first sign once there was one', async () => {
    const { result, tookMs } = await call(scripted([start, LONG_MS]), {
      model: { ...MODEL, firstSignMs: 3_000 },
      maxRetries: 0,
    });
    expect([result, tookMs]).toEqual([{ failure: 'stalled' }, MODEL.gapMs]);
  });

  it('is not waited for to its end where a model that may think falls silent', async () => {
    const { result, tookMs } = await call(scripted(silent), {
      ...model('us.anthropic.claude-sonnet-5-5'),
      budgetMs: 15_000,
    });
    expect([result, tookMs]).toEqual([{ failure: 'unfinished' }, 8_000]);
  });

  const GUARDRAIL = { guardrailIdentifier: 'abc', guardrailVersion: '3', outputMessage: 'Not said.' };
  const nova = { modelId: MODEL.modelId };
  const thoughtful = { modelId: 'us.anthropic.claude-sonnet-5-5' };
  it.each<[string, ModelChoice, readonly Step[]]>([
    ['before its first sign', nova, [7_900, says('Hello'), stops('end_turn')]],
    ['before its first word', nova, [start, 7_900, says('Hello'), stops('end_turn')]],
    [
      'before the first word of one that may think',
      thoughtful,
      [start, 10_900, says('Hello'), stops('end_turn')],
    ],
    ['in its middle', nova, [says('Hel'), 7_900, says('lo'), stops('end_turn')]],
  ])('leaves a guardrail the time to judge what it holds back %s', async (_, asked, steps) => {
    const waited = { model: asked, budgetMs: 15_000 };
    expect((await call(scripted(steps), { ...waited, guardrail: GUARDRAIL })).result).toEqual(
      reply('Hello', 'end_turn'),
    );
    // Without one, that is nobody's but the model's.
    expect((await call(scripted(steps), waited)).result).toMatchObject({
      failure: expect.any(String) as string,
    });
  });

  it.each<[FailureClass, number, number, readonly Step[]]>([
    ['timeout', 8_000, 15_000, [LONG_MS]],
    ['stalled', 8_000, 15_000, [says('Hel'), LONG_MS]],
    ['timeout', 6_000, 6_000, [LONG_MS]],
  ])(
    'is %s after %d ms of a tier’s %d all the same where nothing comes by a guardrail',
    async (failure, afterMs, budgetMs, steps) => {
      const options = { model: nova, guardrail: GUARDRAIL, budgetMs, maxRetries: 0 };
      const { result, tookMs } = await call(scripted(steps), options);
      expect([result, tookMs]).toEqual([{ failure }, afterMs]);
    },
  );

  it.each<[FailureClass, string, Partial<CallOptions>]>([
    ['timeout', 'without a guardrail', {}],
    ['out_of_time', 'with one, which may hold an answer back', { guardrail: GUARDRAIL }],
  ])('is %s after a silence of 7 of a tier’s 20 s %s', async (failure, _, changes) => {
    const late = { model: nova, leastMs: 20_000, budgetMs: 7_000, maxRetries: 0 };
    expect((await call(scripted([LONG_MS]), { ...late, ...changes })).result).toEqual({ failure });
  });

  const ms = (max: number) => fc.option(fc.integer({ min: 100, max }), { nil: undefined });
  it('counts against a model that says nothing at all, whatever is configured within its tier’s time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1_000, max: 27_000 })
          .chain((budgetMs) => fc.tuple(fc.constant(budgetMs), ms(budgetMs))),
        ms(30_000),
        fc.boolean(),
        async ([budgetMs, firstSignMs], gapMs, isJudged) => {
          const limits = { ...(firstSignMs && { firstSignMs }), ...(gapMs && { gapMs }) };
          const { result, tookMs } = await call(scripted([30_000]), {
            ...{ model: { ...nova, ...limits }, budgetMs, maxRetries: 0 },
            ...(isJudged && { guardrail: GUARDRAIL }),
          });
          expect(result).toEqual({ failure: 'timeout' });
          expect(tookMs).toBeLessThanOrEqual(budgetMs);
        },
      ),
    );
    expect(REACTIONS.timeout.counts).toBe('bad');
  });

  it('says nothing of a second attempt that had little of it', async () => {
    const bedrock = scripted([exception('ThrottlingException')], [LONG_MS]);
    const { result } = await call(bedrock, {
      budgetMs: 500,
      leastMs: 1_000,
      model: { modelId: MODEL.modelId },
    });
    expect(result).toEqual({ failure: 'out_of_time' });
  });

  it('leaves no attempt without time', async () => {
    const { result, seen, calls } = await call(scripted([]), { budgetMs: 100 });
    expect([result, seen, calls]).toEqual([{ failure: 'out_of_time' }, [], []]);
  });
});

describe('an instance that stood still itself', () => {
  it.each<[string, readonly Step[], object, number]>([
    [
      'does not take that for a model’s silence',
      [100, says('Hello'), stops('end_turn')],
      reply('Hello', 'end_turn'),
      300,
    ],
    [
      'has nothing to say of a model that then has no time left',
      [LONG_MS],
      { failure: 'out_of_time' },
      5_000,
    ],
    ['says of a model that it is silent where it stays so', [LONG_MS], { failure: 'timeout' }, 300],
  ])('%s', async (_, steps, expected, stoodStillMs) => {
    // Its timers wait, and its clock goes on.
    setTimeout(() => {
      jest.setSystemTime(Date.now() + stoodStillMs);
    }, 30);
    expect((await call(scripted(steps), { maxRetries: 0 })).result).toEqual(expected);
  });
});
