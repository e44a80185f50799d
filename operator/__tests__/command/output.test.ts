import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as readAll } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from '../../../__tests__/support/synthesize';
import { note, table, tell, tellJson, wrap } from '../../command/output';
import { assistant } from '../assistant';
import { captureOutput } from '../capture-output';

const reason =
  'the data of the alarm customer-assistant-canary-unanswered say OK, and have said so for an hour';
const arn = `arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/${'a1'.repeat(20)}`;

/** The cells of the last column, one to a line. */
const lastColumn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .slice(1)
    .map((line) => line.split('│').at(-2)?.trim());

/** From here on as on a terminal so wide; what a test changes of the streams, the end of it puts back. */
function onTerminal<T>(columns: number, act: () => T): T {
  for (const stream of [process.stdout, process.stderr]) Object.assign(stream, { isTTY: true, columns });
  return act();
}
const streams = [process.stdout, process.stderr].map((stream) => {
  const { isTTY, columns } = stream;
  return { stream, before: { isTTY, columns } };
});
afterEach(() => {
  for (const { stream, before } of streams) Object.assign(stream, before);
  jest.restoreAllMocks();
});

const widest = (text: string) =>
  Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length));

test.each([reason, 'us.anthropic.claude-sonnet-5-5'])('a table of 80 columns holds all of "%s"', (cell) => {
  const text = table(['check', 'why'], [['a check of a long name', cell]]);
  expect(widest(text)).toBeLessThanOrEqual(80);
  expect(lastColumn(text).join('').replace(/\s/g, '')).toBe(cell.replace(/\s/g, ''));
});

test('a table is as wide as its terminal', () => {
  const rows = [['a check of a long name', reason]];
  expect(onTerminal(200, () => table(['check', 'why'], rows))).toContain(reason);
  expect(widest(onTerminal(50, () => table(['check', 'why'], rows)))).toBeLessThanOrEqual(50);
});

test('what is copied as a whole is never broken in a table: the others give way, and then the blanks beside the lines', () => {
  const id = 'us.anthropic.claude-sonnet-5-5';
  const rows = [['primary models of one region', id, 'half-open, forced', '2026-11-27T06:48:23.265Z']];
  for (const columns of [90, 80])
    expect(onTerminal(columns, () => table(['of', 'model', 'circuit', 'next probe'], rows))).toMatch(
      /│ *us\.anthropic\.claude-sonnet-5-5 *│[^]*2026-11-27T06:48:23\.265Z/,
    );
});

test('a table that would have to break it is a list of its cells by their names', () => {
  const text = table(
    ['name', 'Before\nAfter', 'ARN', ''],
    [['all of one type'], ['one', '1\n2', arn, 'ok'], ['two', '', 'none', '']],
  );
  expect(text).toBe(
    `all of one type\n\nname: one\nBefore / After: 1 / 2\nARN:\n${arn}\nok\n\nname: two\nARN: none`,
  );
});

describe('a line', () => {
  const COMMAND = 'npm run assistant -- models rollback --region us-west-2,us-east-1';
  const line = `  us-west-2 has the new rules (deployment 2), us-east-1 has the old ones (\`models history\`): ${COMMAND}`;

  it('is wrapped at the width of its terminal, as far indented as it begins, and no command or id is broken', () => {
    expect(wrap(line, 60)).toEqual([
      '  us-west-2 has the new rules (deployment 2), us-east-1 has',
      '  the old ones (`models history`):',
      `  ${COMMAND}`,
    ]);
    expect(wrap(`It is ${arn} there`, 60)).toEqual(['It is', arn, 'there']);
  });

  it('is as it was where it fits, with its blanks', () => {
    expect(wrap('  primary      1 s', 80)).toEqual(['  primary      1 s']);
  });

  it.each([
    ['on a terminal', 80, true],
    ['on one that does not know its width', 0, true],
    ['in a pipe', undefined, false],
  ])('%s is broken at 80 columns: %s, %s', (_, columns, isBroken) => {
    const output = captureOutput();
    const say = () => {
      tell(reason + reason);
      note(reason + reason);
    };
    if (columns === undefined) say();
    else onTerminal(columns, say);
    expect(widest(output.text()) <= 80).toBe(isBroken);
  });

  it('of JSON is broken nowhere', () => {
    const output = captureOutput();
    onTerminal(40, () => {
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
  expect(widest(output)).toBeLessThanOrEqual(60);
});

test('a sentence is wrapped between its words', () => {
  const text = table(['check', 'why'], [['a check of a long name', reason]]);
  expect(lastColumn(text).join(' ')).toBe(reason);
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
