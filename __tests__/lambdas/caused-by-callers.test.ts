import fc from 'fast-check';
import { untouched } from '../../contract/circuit';
import { METRICS } from '../../contract/metrics';
import { answerWithModel } from '../../lambdas/tier/answer-with-model';
import { REACTIONS, STOP_REASONS } from '../../lambdas/tier/reactions';
import { SETTINGS } from './circuit/settings';
import { exception, THROWN } from './failures';
import { counts, says, scripted, start, stops, thinks, type Step } from './scripted-bedrock';
import { ANSWERING, event, PRIMARY, setUpTier } from './tier-fixture';
import { skipTime } from '../support/skip-time';

skipTime();

/** What of a model's words a caller has in hand: all of them, how many, in which order, and how they end. */
const word = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom('', ' ', '\n', '\u001F', '\u200B', '"', '\u{1F600}'),
);
const said = fc.array(fc.oneof(word.map(says), word.map(thinks)), { maxLength: 6 });
const stopReason = fc.oneof(fc.constantFrom(...Object.keys(STOP_REASONS)), fc.string({ maxLength: 12 }));
const complete = fc
  .tuple(said, stopReason, fc.boolean())
  .map(([words, stop, counted]): readonly Step[] => [
    start,
    ...words,
    stops(stop),
    ...(counted ? [counts(1, 1)] : []),
  ]);

const refused = fc
  .constantFrom(...THROWN.filter(([row]) => REACTIONS[row].cause === 'caller'))
  .map(([, , error]): readonly Step[] => [error as Error]);

/** Still at it when the tier's time is up. */
const endless = fc
  .tuple(fc.constantFrom(says, thinks), word)
  .map(([kind, text]): readonly Step[] => Array.from({ length: 100 }, () => [kind(text), 15]).flat());

/** By a model that may think without showing it, and is made to. */
const thoughtful = fc
  .array(word.map(thinks), { maxLength: 2 })
  .map((words): readonly Step[] => [start, ...words, 10_000]);

describe('what a caller can bring about', () => {
  it('is marked in the table as what never counts against a model', () => {
    for (const { cause, counts: countedAs } of Object.values(REACTIONS)) {
      if (cause === 'caller') expect(countedAs).not.toBe('bad');
    }
  });

  it.each([
    ['what a model is made to say', complete, 100],
    ['what is refused', refused, 50],
    ['an answer without end', endless, 30],
    ['thoughts in silence', thoughtful, 30],
  ])(
    'never counts against a model, nor keeps it from others, nor takes a deployment back: %s',
    async (_, scripts, numRuns) => {
      await fc.assert(
        fc.asyncProperty(fc.array(scripts, { minLength: 3, maxLength: 3 }), async (calls) => {
          const { tier, store, circuitOf, lines } = setUpTier(scripted(...calls), { deadlineMs: 400 });
          for (let left = calls.length; left > 0; left -= 1) await answerWithModel(tier, event());
          expect(store.writes).toBe(0);
          expect(circuitOf(PRIMARY).state).toBe('closed');
          expect((await tier.circuits.permit(PRIMARY, 1_000, 'caller'))?.phase).toBe('closed');
          expect(lines().filter((line) => METRICS.attention in line)).toEqual([]);
        }),
        { numRuns },
      );
    },
  );

  it.each<[string, readonly Step[]]>([
    ['say nothing', [start, stops('end_turn')]],
    ['think alone', [start, thinks('Hm.'), stops('max_tokens')]],
    ['think until the time is up', [start, ...Array.from({ length: 50 }, () => [thinks('Hm.'), 20]).flat()]],
    ['write until the time is up', [start, ...Array.from({ length: 50 }, () => [says('Oh. '), 20]).flat()]],
    ['think in silence until the time is up', [start, 10_000]],
    ['refuse', [start, stops('refusal')]],
    ['filter what it says', [start, stops('content_filtered')]],
    ['filter what it is asked', [exception('ValidationException', 'Blocked by our content filters.')]],
  ])('does not keep an open circuit from closing, though the model is made to %s', async (_, script) => {
    const { tier, store, circuitOf } = setUpTier(scripted(script), { deadlineMs: 400 });
    store.items.set(PRIMARY, { ...untouched(PRIMARY), version: 1, state: 'open' });
    for (let probes = 0; probes < SETTINGS.goodProbes; probes += 1) await answerWithModel(tier, event());
    expect(circuitOf(PRIMARY).state).toBe('closed');
  });

  it('keeps no other probe waiting, however long the model is made to speak', async () => {
    const talk = [start, ...Array.from({ length: 50 }, () => [says('Oh. '), 20]).flat()];
    const { tier, store, circuitOf } = setUpTier(scripted(talk, ANSWERING), { deadlineMs: 900 });
    store.items.set(PRIMARY, { ...untouched(PRIMARY), version: 1, state: 'open' });
    const talking = answerWithModel(tier, event());
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (let probes = 0; probes < SETTINGS.goodProbes; probes += 1) {
      expect(await answerWithModel(tier, event())).toMatchObject({ response: { status: 200 } });
    }
    expect(circuitOf(PRIMARY).state).toBe('closed');
    await talking;
  });

  it('is the rules’ doing where it befalls the canary: that takes a deployment back', async () => {
    const refuses = exception('ValidationException', 'Malformed input request.');
    const { tier, lines } = setUpTier(scripted([start, thinks('Hm.'), stops('max_tokens')], [refuses]));
    for (let calls = 0; calls < 2; calls += 1) await answerWithModel(tier, event({ source: 'canary' }));
    expect(lines().filter((line) => METRICS.attention in line)).toHaveLength(2);
    expect(lines().filter((line) => METRICS.questionsAttention in line)).toEqual([]);
  });

  it('leaves failures of the service to be counted: the test above can fail', async () => {
    const { tier, store } = setUpTier(scripted([exception('ModelErrorException')]));
    for (let calls = 0; calls < 3; calls += 1) await answerWithModel(tier, event());
    expect(store.writes).toBeGreaterThan(0);
  });
});
