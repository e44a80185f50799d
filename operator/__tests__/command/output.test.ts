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
