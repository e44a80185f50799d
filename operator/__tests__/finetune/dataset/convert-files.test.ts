import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { converter, NOVA, talk } from './convert-fixture';
import { checkText, conversations, model } from './fixture';

const { convert, out, said } = converter();

describe('a file of another kind', () => {
  const records = conversations(9).map((line) => JSON.parse(line) as unknown);
  const lines = `${conversations(9).join('\n')}\n`;
  it.each<[string, string | Buffer]>([
    ['JSON Lines with CRLF and a byte order mark', `\ufeff${lines.replaceAll('\n', '\r\n')}`],
    ['a JSON array', JSON.stringify(records)],
    ['a JSON array over many lines', JSON.stringify(records, null, 2)],
    ['records over many lines', records.map((record) => JSON.stringify(record, null, 2)).join('\n')],
    ['gzip', gzipSync(lines)],
    ['UTF-16', Buffer.from(`\ufeff${lines}`, 'utf16le')],
    ['UTF-16, big-endian, in gzip', gzipSync(Buffer.from(`\ufeff${lines}`, 'utf16le').swap16())],
  ])('is read: %s', async (_, content) => {
    expect(await convert(content)).toEqual(records);
    const { problems, warnings } = await checkText(readFileSync(out()), { model: model(NOVA) });
    expect([problems.total, warnings.total]).toEqual([0, 0]);
  });

  it.each([
    [
      'with quotes and newlines',
      '\ufeffprompt,completion\r\n"Say ""hi"",\nplease",Hi\r\n',
      'Say "hi",\nplease',
      'Hi',
    ],
    ['of other names, with tabs', 'question\tanswer\nQ, or not\tA\n', 'Q, or not', 'A'],
    ['with capitals and an empty column', 'Question,Answer,\nQ,A,\n', 'Q', 'A'],
  ])('is read: CSV %s', async (_, content, question, answer) => {
    expect(await convert(content)).toEqual([talk([], question, answer)]);
  });

  it('is read in pieces, wherever they are cut', async () => {
    const many = JSON.stringify(
      conversations(2_000).map((line) => JSON.parse(line) as unknown),
      null,
      1,
    );
    expect(many.length).toBeGreaterThan(512 * 1_024);
    expect(await convert(many)).toHaveLength(2_000);
  });

  it.each([
    ['a spreadsheet', Buffer.from('504b03041400', 'hex'), 'save it as CSV'],
    ['gzip that breaks off', gzipSync(lines).subarray(0, 60), 'cannot be unpacked to its end'],
    ['CSV with a row too short', 'prompt,completion\nQ,A\nQ\n', 'cannot be read from line 3 on'],
    ['an array that ends between two records', JSON.stringify(records).slice(0, -1), 'the array has no end'],
    ['an array that ends behind a comma', `${JSON.stringify(records).slice(0, -1)},`, 'line 1: is not JSON'],
    [
      'an array without a comma',
      JSON.stringify(records).replace('},{"schema', '}{"schema'),
      'something else than ","',
    ],
    [
      'an array with more than records',
      `${JSON.stringify(records).slice(0, -1)},"more"]`,
      'something else than "]"',
    ],
    [
      'records over many lines with more',
      `${JSON.stringify(records[0], null, 2)}\nnull`,
      'something stands beside',
    ],
    [
      'CSV with a byte that is none of UTF-8',
      Buffer.from('prompt,completion\nQ,A\nQ\xff,A\n', 'latin1'),
      'line 3: has bytes that are not UTF-8 [invalid-utf8]',
    ],
    [
      'an array with such a byte',
      Buffer.from('[{"prompt":"Q\xff","completion":"A"}]', 'latin1'),
      'line 1: has bytes that are not UTF-8',
    ],
    [
      'UTF-16 with half of a character',
      Buffer.from('\ufeff{"prompt":"Q",\n"completion":"A\ud800"}', 'utf16le'),
      'line 2: has half of a character',
    ],
    [
      'CSV with a column twice',
      'prompt,completion,Prompt\nQ,A,R\n',
      'line 1, prompt: is the name of two columns [duplicate-key]',
    ],
    ['CSV whose last text has no end', 'prompt,completion\nQ,"A\n', 'cannot be read from line'],
    ['an array that breaks off', JSON.stringify(records).slice(0, -5), 'an object has no end'],
    ['no JSON', 'hello\n', 'line 1: is not JSON'],
  ])('is refused, with what to do: %s', async (_, content, message) => {
    await expect(convert(content)).rejects.toThrow(message);
    expect(existsSync(out())).toBe(false);
  });

  it('is refused wherever an array is cut', async () => {
    const array = JSON.stringify(
      [
        { prompt: 'Q', completion: '[{A}]' },
        { prompt: 'R', completion: 'B' },
      ],
      null,
      1,
    );
    for (let end = 3; end < array.length; end += 1)
      await expect(convert(array.slice(0, end))).rejects.toThrow('is not JSON');
    expect(await convert(array)).toHaveLength(2);
  });

  it('is never written over', async () => {
    writeFileSync(out(), 'mine');
    await expect(convert(lines)).rejects.toThrow('is there already');
    expect(readFileSync(out(), 'utf8')).toBe('mine');
    expect(await convert(lines, '--model', NOVA, '--force')).toHaveLength(9);
    expect(said()).toContain('Wrote 9 records');
  });
});
