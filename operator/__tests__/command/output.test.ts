import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as readAll } from 'node:stream/consumers';
import { ROOT } from '../../../__tests__/support/synthesize';
import { table } from '../../command/output';

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

test.each([reason, arn])('a table of 80 columns holds all of "%s"', (cell) => {
  const text = table(['check', 'why'], [['a check of a long name', cell]]);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lastColumn(text).join('').replace(/\s/g, '')).toBe(cell.replace(/\s/g, ''));
});

test('a sentence is wrapped between its words', () => {
  const text = table(['check', 'why'], [['a check of a long name', reason]]);
  expect(lastColumn(text).join(' ')).toBe(reason);
});

test('a command whose reader has seen enough goes on to its end without a word', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'operator/main.ts', 'openapi'], {
    cwd: ROOT,
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  child.stdout.destroy();
  const closed = once(child, 'close') as Promise<[number]>;
  const [said, [code]] = await Promise.all([readAll(child.stderr), closed]);
  expect([code, said]).toEqual([0, '']);
});
