import fc from 'fast-check';
import { chunksOf } from '../../../../services/bedrock-runtime/converse-stream';

describe('the parts of a text', () => {
  it.each([
    ['', 1, []],
    ['abc', 1, ['abc']],
    ['abcdefghij', 1, ['abcd', 'efgh', 'ij']],
    ['abcdefghijklmnop', 2, ['abcd', 'efghijkl', 'mnop']],
    ['abc😀defg', 1, ['abc', '😀def', 'g']],
  ])('of %j, %s tokens each after the first: %j', (text, tokens, parts) => {
    expect(chunksOf(text, tokens).map((chunk) => chunk.text)).toEqual(parts);
  });

  it('are the whole text, none of them empty, of a token first and never more than asked for', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (whole, size) => {
        const chunks = chunksOf(whole, size);
        expect(chunks.map((chunk) => chunk.text).join('')).toBe(whole);
        chunks.forEach((chunk, index) => {
          expect(chunk.text.length).toBeGreaterThan(0);
          expect(Buffer.from(chunk.text, 'utf8').toString('utf8')).toBe(chunk.text);
          expect(chunk.tokens).toBe(Math.min(1 + index * size, Math.ceil(whole.length / 4)));
        });
        expect(chunks[0]?.text.length ?? 0).toBeLessThanOrEqual(4);
      }),
    );
  });
});
