import { Seam } from '../../../lambdas/tier/seam';
import { tell, type Happening, type Shown } from '../../../lambdas/chat/telling';

const from = { tier: 'fallback', model: 'm' } as const;

/** Made anew for each cell: a seam remembers what it has heard. */
const SHOWN: Readonly<Record<Shown['kind'], () => Shown>> = {
  nothing: () => ({ kind: 'nothing' }),
  speaking: () => ({ kind: 'speaking', text: 'Half an', own: 7 }),
  broken: () => ({ kind: 'broken', reason: 'stalled', text: 'Half an', seam: new Seam('Half an') }),
  misfit: () => ({ kind: 'misfit', reason: 'stalled' }),
  void: () => ({ kind: 'void', reason: 'stalled' }),
};

const said = (text: string): Happening => ({ kind: 'said', from, text });
const ended = (text: string): Happening => ({ kind: 'ended', from, text, stopReason: 'end_turn' });
const failed = (reason: string, mayGoOn: boolean): Happening => ({ kind: 'failed', reason, mayGoOn });

const HAPPENS: Readonly<Record<string, Happening>> = {
  'says less than tells': said('Half'),
  'says what was said': said('Half an'),
  'says what goes on': said('Half an hour'),
  'says something else': said('Sorry'),
  'has said what goes on': ended('Half an hour'),
  'has said something else': ended('Sorry'),
  'is stopped by a filter': { kind: 'ended', from, text: 'No.', filter: 'stopped', stopReason: 'refusal' },
  'fails, the next goes on': failed('timeout', true),
  'fails, nobody goes on': failed('timeout', false),
  'ends as no answer': failed('no_answer', true),
  'finds it too long': failed('input_too_long', false),
  'is asked anew': { kind: 'asked_anew' },
};

/** What is shown after each happening, and what is told of it. */
const TABLE = `
                          | nothing              | speaking               | broken                  | misfit                 | void
  says less than tells    | speaking start delta | speaking delta         | broken                  | misfit                 | speaking restart delta
  says what was said      | speaking start delta | speaking delta         | speaking continue       | misfit                 | speaking restart delta
  says what goes on       | speaking start delta | speaking delta         | speaking continue delta | misfit                 | speaking restart delta
  says something else     | speaking start delta | speaking delta         | misfit                  | misfit                 | speaking restart delta
  has said what goes on   | speaking start delta | speaking               | speaking continue delta | misfit                 | speaking restart delta
  has said something else | speaking start delta | speaking               | misfit                  | misfit                 | speaking restart delta
  is stopped by a filter  | speaking start delta | speaking restart delta | speaking restart delta  | speaking restart delta | speaking restart delta
  fails, the next goes on | nothing              | broken                 | broken                  | misfit                 | void
  fails, nobody goes on   | nothing              | void                   | void                    | misfit                 | void
  ends as no answer       | nothing              | void                   | void                    | misfit                 | void
  finds it too long       | nothing              | void                   | misfit                  | misfit                 | void
  is asked anew           | nothing              | speaking               | broken                  | void                   | void
`;

const [heads = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));
const kinds = heads.slice(1) as Shown['kind'][];

describe('what there is to tell of a model that', () => {
  it.each(rows)('%s', (what = '', ...cells) => {
    const happening = HAPPENS[what];
    if (happening === undefined) throw new Error(`Nobody knows what ${what} is.`);
    const told = kinds.map((kind) => {
      const [after, ...events] = tell(SHOWN[kind](), happening);
      return [after.kind, ...events.map(({ type }) => type)].join(' ');
    });
    expect(told).toEqual(cells);
  });

  it('is written for whatever happens, and whatever was shown', () => {
    expect([kinds, rows.map(([what]) => what)]).toEqual([Object.keys(SHOWN), Object.keys(HAPPENS)]);
  });
});

it('what stands is all that was said by those who went on, and one whose words end it has no more to say', () => {
  const [, ...events] = tell(SHOWN.broken(), said('Half an hour.'));
  expect(events).toEqual([
    { type: 'continue', reason: 'stalled', from },
    { type: 'delta', text: ' hour.' },
  ]);
  expect(tell(SHOWN.broken(), said('Half an hour.'))[0]).toEqual({
    kind: 'speaking',
    text: 'Half an hour.',
    own: 6,
  });
});
