import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { ROOT } from './support/synthesize';

const FOLDER = join(ROOT, '.github', 'workflows');
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

describe('the workflows', () => {
  it.each(readdirSync(FOLDER))(
    '%s runs others’ actions by their commit, and no code of forks with rights',
    (file) => {
      const used = [...read(file).matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);
      expect(used.length).toBeGreaterThan(0);
      expect(used.filter((action) => !/^\.\/|@[0-9a-f]{40}$/.test(action))).toEqual([]);
      expect(read(file)).not.toContain('pull_request_target');
      if (read(file).includes('workflow_run:')) expect(used.join()).not.toContain('actions/checkout');
    },
  );
});

/** Runs the step's own script, with a command that tells what it was given. */
it.each([
  ['secondary', 'by its own name alone, whatever becomes of the primary', 'secondary'],
  ['primary', 'by its own name and by the callers’', 'primary,failover'],
])('a deployed %s is asked %s', (stack, _, names) => {
  const script = / +run: \|\n( +names=[^]*)$/.exec(read('stack.yml'))?.[1] ?? '';
  const env = { ...process.env, STACK: stack, GITHUB_WORKSPACE: '/workspace' };
  const line = `npm() { echo "$*"; }\n${script}`;
  // As GitHub runs bash.
  const { stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', line], { env });
  expect(String(stdout)).toBe(
    `run --silent --prefix /workspace assistant -- smoke --target aws --names ${names} --wait 60\n`,
  );
});

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

/** Runs the comment's own script, with GitHub's API as far as it is used there, and real files. */
describe('the comment on a pull request', () => {
  let folder: string;
  let comments: Comment[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'comment-'));
    mkdirSync(join(folder, 'summary'));
    comments = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const summary = () => join(folder, 'summary', 'summary.md');

  async function comment(run: { readonly head_sha: string }): Promise<void> {
    const script = /script: \|\n([^]*)$/.exec(read('comment.yml'))?.[1] ?? '';
    const act = runInThisContext(`(async (github, context, core, require) => {${script}})`) as (
      ...args: readonly unknown[]
    ) => Promise<void>;
    const pulls = {
      list: ({ head }: { head: string }) =>
        head === 'someone:topic' ? [{ number: 7, head: { sha: 'new' } }] : [],
    };
    const issues = {
      listComments: () => comments,
      createComment: ({ body }: Comment) =>
        comments.push({ id: comments.length, user: { login: 'github-actions[bot]' }, body }),
      updateComment: ({ comment_id: id, body }: Comment & { comment_id: number }) => {
        for (const each of comments) if (each.id === id) each.body = body;
      },
    };
    const paginate = (list: (parameters: unknown) => unknown, parameters: unknown) => list(parameters);
    const workflow_run = {
      head_branch: 'topic',
      head_repository: { owner: { login: 'someone' } },
      html_url: 'https://run.test',
      ...run,
    };
    await act(
      { paginate, rest: { pulls, issues } },
      { repo: {}, payload: { workflow_run } },
      { info: () => undefined },
      () => ({
        lstatSync: (file: string, options: { throwIfNoEntry: false }) =>
          lstatSync(join(folder, file), options),
        readFileSync: (file: string) => readFileSync(join(folder, file), 'utf8'),
      }),
    );
  }

  it('is made once and updated in place, beside those of others', async () => {
    comments.push({ id: 0, user: { login: 'mallory' }, body: '<!-- rehearsed upgrade --> mine' });
    writeFileSync(summary(), 'primary: nothing changes.');
    await comment({ head_sha: 'new' });
    writeFileSync(summary(), 'primary: 1 created.');
    await comment({ head_sha: 'new' });
    expect(comments.map(({ body }) => body.split('\n').at(-1))).toEqual([
      '<!-- rehearsed upgrade --> mine',
      'primary: 1 created.',
    ]);
  });

  it('is left alone by a run of another commit than the pull request is open at', async () => {
    writeFileSync(summary(), 'primary: nothing changes.');
    await comment({ head_sha: 'old' });
    expect(comments).toEqual([]);
  });

  it('has nothing of a file that the artifact only leads to', async () => {
    writeFileSync(join(folder, 'token'), 'a token of the runner');
    symlinkSync(join(folder, 'token'), summary());
    await comment({ head_sha: 'new' });
    expect(comments[0]?.body).toContain('was not rehearsed to the end');
    expect(comments[0]?.body).not.toContain('token');
  });

  it('says so where there is no summary, and cuts one that GitHub would refuse', async () => {
    await comment({ head_sha: 'new' });
    expect(comments[0]?.body).toContain('was not rehearsed to the end');
    writeFileSync(summary(), 'x'.repeat(100_000));
    await comment({ head_sha: 'new' });
    expect(comments[0]?.body.length).toBeLessThan(65_536);
  });
});

/** Runs the step's own script, with GitHub's API as far as it is used there. */
describe('the issue of a preflight', () => {
  interface Issue {
    readonly number: number;
    readonly title: string;
    body: string;
    state: string;
  }
  const script = /script: \|\n([^]*)$/.exec(read('preflight.yml'))?.[1] ?? '';
  const act = runInThisContext(`(async (github, context, process) => {${script}})`) as (
    ...args: readonly unknown[]
  ) => Promise<void>;
  const tell = async (issues: Issue[], CODE: string, REPORT: string) => {
    const update = ({ issue_number: number, ...more }: Partial<Issue> & { issue_number: number }) => {
      for (const issue of issues) if (issue.number === number) Object.assign(issue, more);
    };
    const create = ({ title, body }: Issue) =>
      issues.push({ number: issues.length, title, body, state: 'open' });
    const listForRepo = () => issues.filter(({ state }) => state === 'open');
    const github = {
      paginate: (list: () => unknown) => list(),
      rest: { issues: { listForRepo, create, update } },
    };
    await act(github, { repo: {} }, { env: { CODE, REPORT } });
  };

  it('is opened once, kept up to date, and closed when nothing is left; others are left alone', async () => {
    const issues: Issue[] = [{ number: 0, title: 'Another', body: '', state: 'open' }];
    await tell(issues, '0', 'all is well');
    expect(issues).toHaveLength(1);
    await tell(issues, '4', 'Legacy, in 40 days');
    await tell(issues, '2', `Legacy, in 33 days${'.'.repeat(100_000)}`);
    expect(issues).toHaveLength(2);
    expect(issues[1]).toMatchObject({ state: 'open', body: expect.stringContaining('in 33 days') as string });
    expect(issues[1]?.body.length).toBeLessThan(65_536);
    await tell(issues, '0', 'all is well');
    expect(issues.map(({ state }) => state)).toEqual(['open', 'closed']);
    await tell(issues, '4', 'Gone');
    expect(issues).toHaveLength(3);
  });
});
