import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { CommandError } from '../../command/errors';
import { withoutProtection } from '../../rehearse/placeholders';
import type { Data } from '../../teardown/data';
import { STACKS, type StackName } from '../../teardown/holdings';
import { teardown } from '../../teardown/teardown';
import { captureOutput } from '../capture-output';

const folder = mkdtempSync(join(tmpdir(), 'teardown-'));
let output: ReturnType<typeof captureOutput>;
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  jest.restoreAllMocks();
});

interface Setting {
  readonly config?: ReturnType<typeof shippedConfig>;
  readonly stacks?: readonly StackName[];
  readonly exportTo?: string;
  /** The question that the operator declines, by its first words. */
  readonly declines?: string;
  /** The name of the error that AWS gives whoever counts. */
  readonly refused?: string;
  /** What the CLI fails at, or AppConfig. */
  readonly fails?: string;
  /** At what Ctrl-C is pressed; the CLI brings it to its end. */
  readonly interrupted?: string;
  /** What AWS says of the stacks' protection before and after they are deployed without it. */
  readonly isProtected?: Readonly<Record<'before' | 'after', boolean | undefined>>;
}

/** @returns what was done, in order, and how it ended */
async function run({
  config = shippedConfig(),
  stacks = STACKS,
  exportTo,
  declines,
  refused = '',
  fails,
  interrupted,
  isProtected = { before: true, after: false },
}: Setting) {
  const done: string[] = [];
  const asked: string[] = [];
  const act = (what: string) => {
    done.push(what);
    if (what === interrupted) process.emit('SIGINT');
    return Promise.resolve(what === fails ? 1 : 0);
  };
  const data: Data = {
    count: ({ kind }) =>
      kind === 'versions' || refused !== ''
        ? Promise.reject(Object.assign(new Error('no way'), { name: refused }))
        : Promise.resolve('7 items'),
    export: ({ stack, kind }) => {
      done.push(`export ${kind} of ${stack}`);
      return Promise.resolve(kind);
    },
    deleteVersions: async ({ kind, stack }) => {
      if ((await act(`delete ${kind} of ${stack}`)) !== 0) throw new Error('AppConfig is away.');
      return 1;
    },
  };
  const ended = await teardown({
    config,
    stacks,
    data,
    deployment: {
      unprotect: (stack) => act(`unprotect ${stack}`),
      isProtected: (stack) =>
        Promise.resolve(isProtected[done.includes(`unprotect ${stack}`) ? 'after' : 'before']),
      destroy: (stack) => act(`destroy ${stack}`),
    },
    ...(exportTo !== undefined && { exportTo }),
    agree: (question, otherwise) => {
      asked.push(question);
      return declines !== undefined && question.startsWith(declines)
        ? Promise.reject(new CommandError(otherwise))
        : Promise.resolve();
    },
  }).then(
    () => 'done',
    (error: unknown) => (error as Error).message,
  );
  return { done, asked, ended, said: output.text() };
}

const MLOPS = ['delete register of mlops', 'destroy mlops'];
const SECONDARY = ['delete versions of secondary', 'destroy secondary'];
const PRIMARY = ['delete versions of primary', 'destroy primary'];
const DESTROY = [...MLOPS, ...SECONDARY, ...PRIMARY, 'destroy conversations'];
const UNPROTECT = STACKS.map((stack) => `unprotect ${stack}`);

describe('a teardown', () => {
  it.each<[string, Setting, readonly string[], RegExp]>([
    ['of all is unprotected one by one, and destroyed at last', {}, [...UNPROTECT, ...DESTROY], /^done$/],
    [
      'of what is not protected is destroyed at once',
      { config: withoutProtection(shippedConfig()) },
      DESTROY,
      /^done$/,
    ],
    [
      'ends at the first stack that is to stay protected',
      { declines: 'Unprotect secondary' },
      UNPROTECT.slice(0, 1),
      /Nothing is destroyed/,
    ],
    [
      'ends before the destroy where that is declined',
      { declines: 'Destroy' },
      UNPROTECT,
      /Nothing is destroyed/,
    ],
    [
      'ends where a stack cannot be unprotected',
      { fails: 'unprotect mlops' },
      UNPROTECT.slice(0, 1),
      /mlops is not unprotected, and nothing is destroyed/,
    ],
    [
      'says to run it again where a destroy fails, what stays, and how its rules come back',
      { fails: 'destroy secondary' },
      [...UNPROTECT, ...MLOPS, ...SECONDARY],
      /rules that .* are deleted in us-west-2: .*models deploy FILE --region us-west-2\)\. secondary is not destroyed; untouched: primary, conversations\. Run it again/,
    ],
    ...[undefined, 'destroy secondary'].map((fails): [string, Setting, readonly string[], RegExp] => [
      `begins nothing further once it is interrupted, whatever the CLI makes of that (${fails ?? 'nothing'})`,
      { interrupted: 'destroy secondary', ...(fails && { fails }) },
      [...UNPROTECT, ...MLOPS, ...SECONDARY],
      /^Interrupted: secondary may be destroyed in part; untouched: primary, conversations\. Run it again/,
    ]),
    ...[undefined, 'unprotect secondary'].map((fails): [string, Setting, readonly string[], RegExp] => [
      `unprotects nothing further, either (${fails ?? 'nothing'})`,
      { interrupted: 'unprotect secondary', ...(fails && { fails }) },
      UNPROTECT.slice(0, 2),
      /^Interrupted\. Nothing is destroyed\. Run it again/,
    ]),
    [
      'says that rules are gone where it is interrupted just before the destroy',
      { interrupted: 'delete versions of secondary' },
      [...UNPROTECT, ...MLOPS, 'delete versions of secondary'],
      /^Interrupted\. The rules that operators had made are deleted in us-west-2.*secondary is not destroyed/,
    ],
    [
      'destroys no region whose versions it cannot delete, and says so',
      { fails: 'delete versions of primary' },
      [...UNPROTECT, ...MLOPS, ...SECONDARY, 'delete versions of primary'],
      /AppConfig is away\.\nprimary is not destroyed; untouched: conversations\. Run it again/,
    ],
    [
      'goes on from there: what is not protected any more, or is not there, is not deployed again',
      { isProtected: { before: false, after: false } },
      DESTROY,
      /^done$/,
    ],
    [
      'ends where the plan of a deploy is declined, which the CLI takes for a success',
      { isProtected: { before: true, after: true } },
      UNPROTECT.slice(0, 1),
      /mlops is not unprotected, and nothing is destroyed/,
    ],
    [
      'goes on where nobody says whether a stack is protected',
      { isProtected: { before: undefined, after: undefined } },
      [...UNPROTECT, ...DESTROY],
      /^done$/,
    ],
    [
      'of one stack leaves the others as they are',
      { stacks: ['conversations'] },
      ['unprotect conversations', 'destroy conversations'],
      /^done$/,
    ],
  ])('%s', async (_, setting, done, ended) => {
    const result = await run(setting);
    expect(result.done).toEqual(done);
    expect(result.ended).toMatch(ended);
  });

  it('leaves what serves, with its rules, to whoever says no to any of its questions', async () => {
    const { asked } = await run({});
    expect(asked).toHaveLength(STACKS.length + 1);
    for (const declines of asked) {
      const { done, ended } = await run({ declines });
      expect(done).toEqual(UNPROTECT.slice(0, asked.indexOf(declines)));
      expect(ended).toContain('Nothing is destroyed');
    }
  });

  it('names all that holds data before anything is asked, also what cannot be counted', async () => {
    const { said, done } = await run({ declines: '' });
    expect(done).toEqual([]);
    const named = [
      'training bucket',
      'training key',
      'register',
      'ModelConfig',
      'log groups',
      'switches',
      'circuits',
      'usage',
    ];
    for (const name of [...named, 'conversations']) expect(said).toContain(name);
    expect(said).toContain('7 items');
    expect(said).toMatch(/no[│\s]+way/);
    expect(said).toContain('--export FOLDER');
  });

  it.each([
    ['CredentialsProviderError', 'No AWS credentials were found'],
    ['ExpiredToken', 'The AWS credentials were refused'],
  ])('ends with one line where AWS knows nobody: %s', async (refused, meaning) => {
    const { said, done, ended } = await run({ refused });
    expect(ended).toMatch(new RegExp(`^${meaning} .* Nothing is destroyed\\.$`));
    expect({ said, done }).toEqual({ said: '', done: [] });
  });

  it('goes on where it may not look at a thing, which says little of the others', async () => {
    expect((await run({ refused: 'AccessDeniedException', declines: '' })).said).toContain(
      'not counted: Your',
    );
  });

  it('says what is not there any more, which is nothing to export', async () => {
    const exportTo = join(folder, 'rest');
    const { said, done } = await run({ refused: 'ResourceNotFoundException', exportTo });
    expect(said.replace(/[│\s]+/g, ' ')).toContain('nothing: it is not there');
    expect(done.filter((each) => each.startsWith('export'))).toEqual([]);
  });

  it('exports before it changes anything, and never over what is there', async () => {
    const exportTo = join(folder, 'new');
    const { done } = await run({ exportTo, stacks: ['conversations'] });
    expect(done).toEqual([
      'export table of conversations',
      'unprotect conversations',
      'destroy conversations',
    ]);
    writeFileSync(join(exportTo, 'mine'), '');
    const again = await run({ exportTo });
    expect(again.done).toEqual([]);
    expect(again.ended).toMatch(/is not empty/);
    expect(readdirSync(exportTo)).toEqual(['mine']);
  });
});
