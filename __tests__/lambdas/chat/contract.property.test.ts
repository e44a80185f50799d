import fc from 'fast-check';
import { followContract, parseEvents } from '../../support/read-stream';
import { filteredReply } from '../../../lambdas/tier/converse';
import { causeOf } from '../../../lambdas/tier/reactions';
import { lastWords } from '../../../lambdas/tier/seam';
import { exception } from '../failures';
import { readChunks } from '../openai/kept-response';
import { counts, says, stops, thinks, type Step } from '../scripted-bedrock';
import { metricsIn, type Line } from '../tier-fixture';
import { rulesWith, setUpChat } from './chat-fixture';
import { skipTime } from '../../support/skip-time';

skipTime();

/** Parts of a text that tell who said it: no two models say the same. */
const parts = (who: string) =>
  fc.array(fc.constantFrom(`${who}1`, `${who}\n\n`, `${who}data: end`, ' ', `${who}é😀`), { maxLength: 4 });

const ENDS = ['end_turn', 'max_tokens', 'tool_use', 'cut off', 'broken', 'refused'] as const;
const FILTER_ENDS = ['content_filtered', 'guardrail_intervened', 'question filtered', 'refusal'] as const;

type End = (typeof ENDS)[number] | (typeof FILTER_ENDS)[number];

interface Script {
  readonly texts: readonly string[];
  readonly end: End;
}

const scripts = (who: string, ends: readonly End[] = ENDS): fc.Arbitrary<Script> =>
  fc.record({ texts: parts(who), end: fc.constantFrom(...ends) });

const GUARDRAIL = { guardrailIdentifier: 'g', guardrailVersion: '1', outputMessage: 'Not said.' };

function steps({ texts, end }: Script): readonly Step[] {
  if (end === 'refused') return [exception('AccessDeniedException')];
  const said = texts.flatMap((text) => [thinks('hm'), says(text)]);
  if (end === 'question filtered') {
    return [...said, exception('ValidationException', 'Blocked by our content filters.')];
  }
  if (end === 'guardrail_intervened') return [...said, says('Not said.'), stops(end), counts(7, 3)];
  if (end === 'broken') return [...said, exception('ModelStreamErrorException')];
  return end === 'cut off' ? said : [...said, stops(end), counts(7, 3)];
}

/** Nothing, or what a rule says of answers that break off. */
const onBreaks = fc.constantFrom({}, { onBreak: 'restart' as const }, { onBreak: 'continue' as const });

/** What the next model says where it goes on with what was said, as it is asked to. */
const goingOn = (said: string, { texts, end }: Script): Script =>
  said.trim() === '' ? { texts, end } : { texts: [lastWords(said), ...texts], end };

/** How much white space stands at a seam is not compared. */
const squeezed = (text: string): string => text.trim().replace(/\s+/g, ' ');

const isAnswer = ({ texts, end }: Script): boolean =>
  ['end_turn', 'max_tokens'].includes(end) && texts.some((text) => text.trim() !== '');

test('whatever models do, who follows the contract has the answer of one that has ended it, or none', async () => {
  await fc.assert(
    fc.asyncProperty(
      scripts('p'),
      scripts('f'),
      fc.boolean(),
      onBreaks,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (primary, further, isFurther, onBreak, share) => {
        const fallback = isFurther ? goingOn(primary.texts.join(''), further) : further;
        const { ask } = setUpChat({
          primary: [steps(primary)],
          fallback: [steps(fallback)],
          rules: rulesWith(onBreak),
        });
        const { response, names, events, text, whole } = await ask();
        expect(names.filter((name) => name === 'start')).toHaveLength(1);
        expect([names[0], names.at(-1), names.filter((name) => name === 'end').length]).toEqual([
          'start',
          'end',
          1,
        ]);

        const spoken = { primary: primary.texts.join(''), fallback: fallback.texts.join('') };
        if (isAnswer(primary)) expect([whole?.tier, text]).toEqual(['primary', spoken.primary]);
        else if (isAnswer(fallback)) {
          expect(whole?.tier).toBe('fallback');
          if (!names.includes('continue')) expect(text).toBe(spoken.fallback);
          else expect(squeezed(text)).toBe(squeezed(spoken.primary + further.texts.join('')));
        } else expect([whole?.degraded, text]).toEqual([true, 'Back at noon.']);

        // What a restart takes back, nobody sees again.
        const last = events.findLastIndex(({ name }) => name === 'restart');
        if (last >= 0) expect(text).toBe(followContract(events.slice(last)).text);

        // Cut wherever it may be, it is not whole.
        const cutAt = Math.floor(share * (response.text.length - 1));
        expect(followContract(parseEvents(response.text.slice(0, cutAt)).events).whole).toBeUndefined();
      },
    ),
    { numRuns: 300 },
  );
});

/** A request is an answer, or one that broke off, whichever models it took. */
const expectOneCount = (lines: readonly Line[]) => {
  const fates = [...metricsIn(lines, 'Answers'), ...metricsIn(lines, 'InterruptedAnswers')];
  const [{ message, primary, fallback, ...fate } = {}] = fates;
  const isOfCaller =
    message === 'degraded'
      ? [primary, fallback].every((failure) => causeOf(String(failure)) === 'caller')
      : message === 'answer_interrupted' && !('NoModelAnswer' in fate);
  expect([fates.length, metricsIn(lines, 'NoModelAnswer').length]).toEqual([1, isOfCaller ? 0 : 1]);
};

test('whatever models and filters do, a stream is whole, of one mouth or as the rule says, or has an error', async () => {
  const any = [...ENDS, ...FILTER_ENDS];
  await fc.assert(
    fc.asyncProperty(
      scripts('p', any),
      scripts('f', any),
      fc.boolean(),
      onBreaks,
      fc.boolean(),
      async (primary, further, isFurther, onBreak, isJudged) => {
        const ends = [primary.end, further.end];
        const [first, rest] = [primary.texts.join(''), further.texts.join('')];
        const fallback = isFurther ? goingOn(first, further) : further;
        const setUp = () =>
          setUpChat({
            primary: [steps(primary)],
            fallback: [steps(fallback)],
            rules: rulesWith(onBreak),
            tier: isJudged || ends.includes('guardrail_intervened') ? { guardrail: GUARDRAIL } : {},
          });
        // Of two mouths only where the second repeats the first one's words.
        const joined = isFurther || first.trim() === '' ? [first + rest] : [];
        const answers = [first, fallback.texts.join(''), 'Back at noon.', ...joined].map(squeezed);
        const streamed = setUp();
        const { text: told, whole } = await streamed.ask();
        expect(whole?.complete).toBe(true);
        expectOneCount(streamed.lines());
        expect([...answers, 'Not said.', filteredReply.text]).toContain(squeezed(told));

        const { complete, counted, lines } = setUp();
        const response = await complete();
        expect(counted).toHaveLength(1);
        expectOneCount(lines());
        if (response.status !== 200) {
          expect(JSON.parse(response.text)).toHaveProperty('error.code', 'content_filter');
          return;
        }
        const chunks = readChunks(response.text);
        const choices = chunks.flatMap((chunk) => (chunk === '[DONE]' ? [] : (chunk.choices ?? [])));
        const reasons = choices.flatMap(({ finish_reason: reason }) => reason ?? []);
        const errors = chunks.filter((chunk) => typeof chunk === 'object' && chunk.error !== undefined);
        if (errors.length > 0) {
          expect([reasons, errors.length, chunks.at(-1)]).toEqual([[], 1, errors[0]]);
          return;
        }
        expect([reasons.length, chunks.at(-1)]).toEqual([1, '[DONE]']);
        if (reasons[0] === 'content_filter') return;
        const text = choices.map(({ delta }) => delta.content ?? '').join('');
        expect(answers).toContain(squeezed(text));
      },
    ),
    { numRuns: 300 },
  );
});
