import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as readAll } from 'node:stream/consumers';
import { ROOT } from '../../../__tests__/support/synthesize';
import { note, tell, tellJson } from '../../command/output';
import { assistant } from '../assistant';
import { captureOutput } from '../capture-output';
import { onTerminal, widthOf } from '../terminal';

const reason =
  'the data of the alarm customer-assistant-canary-unanswered say OK, and have said so for an hour';

afterEach(() => jest.restoreAllMocks());

describe('a line', () => {
  it.each([
    ['on a terminal', 80, true],
    ['on one that does not know its width', 0, true],
    ['in a pipe', undefined, false],
  ])('%s is broken at 80 columns: %s, %s', async (_, columns, isBroken) => {
    const output = captureOutput();
    const say = () => {
      tell(reason + reason);
      note(reason + reason);
    };
    if (columns === undefined) say();
    else await onTerminal(columns, say);
    expect(widthOf(output.text()) <= 80).toBe(isBroken);
  });

  it('of JSON is broken nowhere', async () => {
    const output = captureOutput();
    await onTerminal(40, () => {
      tellJson({ reason });
    });
    expect(JSON.parse(output.text())).toEqual({ reason });
  });
});

test.each([
  [['status', '--region', 'a']],
  [['models', 'show', '--target', 'a-target-that-is-not-there-and-has-a-long-name']],
  [['models', 'validate', 'a-file-that-is-not-there']],
])('what %j says of what is wrong fits its terminal', async (args) => {
  const { output, code } = await onTerminal(60, () => assistant(4_000, ...args));
  expect(code).toBe(1);
  expect(widthOf(output)).toBeLessThanOrEqual(60);
});

test('help is wrapped anew where the terminal is narrow, and commands in it are whole', async () => {
  const { output, code } = await onTerminal(60, () => assistant(4_000, 'models', '--help'));
  expect(code).toBe(0);
  expect(output.split('\n').filter((line) => line.length > 60)).toEqual([
    '  npm run assistant -- models set general.primary us.amazon.nova-2-lite-v1:0',
  ]);
  expect(output).toContain(`ModelConfig in AppConfig. A
change goes to the standby region first, and to the primary
when the standby has it; in each to more and more functions`);
});

test.each([
  ['openapi', 'stdout', 'stderr'],
  ['secret', 'stderr', 'stdout'],
] as const)('%s whose reader has seen enough on %s goes on to its end', async (name, closed, open) => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'operator/main.ts', name], {
    cwd: ROOT,
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  child[closed].destroy();
  const ended = once(child, 'close') as Promise<[number]>;
  const [said, [code]] = await Promise.all([readAll(child[open]), ended]);
  expect([code, said]).toEqual([0, open === 'stderr' ? '' : (expect.stringMatching(/^\S+\n$/) as string)]);
});
