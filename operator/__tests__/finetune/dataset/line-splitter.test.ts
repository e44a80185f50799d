import fc from 'fast-check';
import { LineSplitter } from '../../../finetune/dataset/line-reader';

interface Seen {
  readonly number: number;
  readonly text: string | undefined;
  readonly length: number;
}

function split(chunks: readonly Buffer[], maxLineBytes = 1_000): readonly Seen[] {
  const seen: Seen[] = [];
  const splitter = new LineSplitter(maxLineBytes, ({ number, bytes, length }) => {
    seen.push({ number, text: bytes?.toString('latin1'), length });
  });
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return seen;
}

const texts = (...chunks: readonly string[]) =>
  split(chunks.map((chunk) => Buffer.from(chunk))).map(({ text }) => text);

describe('lines', () => {
  it.each([
    ['none in an empty file', [''], []],
    ['one without a newline at the end', ['a'], ['a']],
    ['one with it', ['a\n'], ['a']],
    ['blank ones', ['\n\na\n'], ['', '', 'a']],
    ['over several chunks', ['a', 'b\nc', '\n', 'd'], ['ab', 'c', 'd']],
  ])('%s', (_, chunks, expected) => {
    expect(texts(...chunks)).toEqual(expected);
  });

  it('are the same however the file is cut into chunks', () => {
    const bytes = fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xe2, 0x82, 0xac), { maxLength: 60 });
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(60)), (content, cuts) => {
        const whole = Buffer.from(content);
        const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        expect(split(chunks, 8)).toEqual(split([whole], 8));
      }),
    );
  });

  it('let go of their bytes once they are too long, and keep their number and length', () => {
    const chunks = ['12345', '67890', '1\nabc\n'].map((chunk) => Buffer.from(chunk));
    expect(split(chunks, 10)).toEqual([
      { number: 1, text: undefined, length: 11 },
      { number: 2, text: 'abc', length: 3 },
    ]);
    expect(split([Buffer.from('1234567890\n')], 10)).toEqual([{ number: 1, text: '1234567890', length: 10 }]);
  });
});
