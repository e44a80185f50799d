import { hanging, table, type Block } from '../../command/layout';
import { textOf, widthOf } from '../terminal';

const reason =
  'the data of the alarm customer-assistant-canary-unanswered say OK, and have said so for an hour';
const arn = `arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/${'a1'.repeat(20)}`;

describe('a table', () => {
  const checks = (why: string) => table(['check', 'why'], [['a check of a long name', why]]);

  /** The cells of the last column, one to a line. */
  const lastColumn = (text: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .slice(1)
      .map((line) => line.split('│').at(-2)?.trim());

  it('is wrapped between words, and holds all of them', () => {
    const text = textOf([checks(reason)], 80);
    expect(widthOf(text)).toBeLessThanOrEqual(80);
    expect(lastColumn(text).join(' ')).toBe(reason);
  });

  it.each([50, 200])('is as wide as its terminal of %d columns at most', (columns) => {
    expect(widthOf(textOf([checks(reason)], columns))).toBeLessThanOrEqual(columns);
  });

  it('has each row in a line where there is room, and in a pipe', () => {
    for (const columns of [200, Infinity]) expect(textOf([checks(reason)], columns)).toContain(reason);
  });

  it('never breaks what is copied as a whole: the others give way, and then the blanks beside the lines', () => {
    const id = 'us.anthropic.claude-sonnet-5-5';
    const rows = [['primary models of one region', id, 'half-open, forced', '2026-11-27T06:48:23.265Z']];
    for (const columns of [90, 80])
      expect(textOf([table(['of', 'model', 'circuit', 'next probe'], rows)], columns)).toMatch(
        /│ *us\.anthropic\.claude-sonnet-5-5 *│[^]*2026-11-27T06:48:23\.265Z/,
      );
  });

  const wide = table(
    ['name', 'Before\nAfter', 'ARN', ''],
    [['all of one type'], ['one', '1\n2', arn, 'ok'], ['two', '', 'none', '']],
  );
  const list = `all of one type\n\nname: one\nBefore / After: 1 / 2\nARN:\n  ${arn}\nok\n\nname: two\nARN: none`;

  it('that would have to break it is a list of its cells by their names', () => {
    expect(textOf([wide], 80)).toBe(list);
  });

  it.each<[string, readonly Block[], string]>([
    ['lines', ['Before:', wide, 'After.'], `Before:\n\n${list}\n\nAfter.`],
    ['another', [wide, wide], `${list}\n\n${list}`],
    ['empty lines', ['', wide, '', 'After.'], `\n${list}\n\nAfter.`],
    ['a line that begins with one', [wide, '\nAfter.'], `${list}\n\nAfter.`],
  ])('as a list stands apart from %s beside it', (_, blocks, text) => {
    expect(textOf(blocks, 80)).toBe(text);
  });
});

describe('a line', () => {
  const COMMAND = 'npm run assistant -- models rollback --region us-west-2,us-east-1';
  const line = `  us-west-2 has the new rules (deployment 2), us-east-1 has the old ones (\`models history\`): ${COMMAND}`;

  it('is wrapped as far indented as it begins, and no command or id is broken', () => {
    expect(textOf([line], 60).split('\n')).toEqual([
      '  us-west-2 has the new rules (deployment 2), us-east-1 has',
      '  the old ones (`models history`):',
      `  ${COMMAND}`,
    ]);
    expect(textOf([`It is ${arn} there`], 60)).toBe(`It is\n${arn}\nthere`);
  });

  it('is as it was where it fits, with its blanks', () => {
    expect(textOf(['  primary      1 s'], 80)).toBe('  primary      1 s');
  });

  it.each([
    ['  ✗ access: the agreement is not signed', '  ✗ access: the agreement is\n    not signed'],
    ['- one and another, and a third one', '- one and another, and a third\n  one'],
    ['   -/+ an address, another address', '   -/+ an address, another\n       address'],
    ['-1 is a number and no mark of a list', '-1 is a number and no mark of\na list'],
  ])('goes on below its text: %s', (text, broken) => {
    expect(textOf([text], 30)).toBe(broken);
  });

  it('goes on where it says, with all of its lines, and has room for some words in any case', () => {
    expect(textOf([hanging('+0 ms  one and another\nthird', 9)], 30)).toBe(
      '+0 ms  one and another\n         third',
    );
    expect(textOf([hanging('+0 ms  one and another third', 9)], 29).split('\n')).toEqual([
      '+0 ms  one and another third',
    ]);
    expect(textOf([hanging(`${' '.repeat(30)}one two three four five`, 32)], 40)).toBe(
      `${' '.repeat(30)}one two\n${' '.repeat(20)}three four five`,
    );
  });
});
