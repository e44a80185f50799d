import fc from 'fast-check';
import { followContract, parseEvents } from '../../support/read-stream';
import { exception } from '../failures';
import { counts, says, stops, thinks, type Step } from '../scripted-bedrock';
import { rulesWith, setUpChat } from './chat-fixture';

/** Parts of a text that tell who said it: no two models say the same. */
const parts = (who: string) =>
  fc.array(fc.constantFrom(`${who}1`, `${who}\n\n`, `${who}data: end`, ' ', `${who}é😀`), { maxLength: 4 });

type End = 'end_turn' | 'max_tokens' | 'tool_use' | 'cut off' | 'broken' | 'refused';

interface Script {
  readonly texts: readonly string[];
  readonly end: End;
}

const scripts = (who: string): fc.Arbitrary<Script> =>
  fc.record({
    texts: parts(who),
    end: fc.constantFrom<End>('end_turn', 'max_tokens', 'tool_use', 'cut off', 'broken', 'refused'),
  });

function steps({ texts, end }: Script): readonly Step[] {
  if (end === 'refused') return [exception('AccessDeniedException')];
  const said = texts.flatMap((text) => [thinks('hm'), says(text)]);
  if (end === 'broken') return [...said, exception('ModelStreamErrorException')];
  return end === 'cut off' ? said : [...said, stops(end), counts(7, 3)];
}

const isAnswer = ({ texts, end }: Script): boolean =>
  ['end_turn', 'max_tokens'].includes(end) && texts.some((text) => text.trim() !== '');

test('whatever models do, who follows the contract has the answer of one that has ended it, or none', async () => {
  await fc.assert(
    fc.asyncProperty(
      scripts('p'),
      scripts('f'),
      fc.constantFrom('restart' as const, 'continue' as const),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (primary, fallback, onBreak, share) => {
        const { ask } = setUpChat({
          primary: [steps(primary)],
          fallback: [steps(fallback)],
          rules: rulesWith({ onBreak }),
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
          else expect(text).toBe(spoken.primary + spoken.fallback);
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
}, 60_000);
