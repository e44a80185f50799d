import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { PartHasher, partBytesFor } from '../../../finetune/upload/parts';
import { defaultKey, requireKey } from '../../../finetune/upload/destination';

const MIB = 2 ** 20;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

describe('the size of a part', () => {
  it.each([
    ['what is asked for', 100 * MIB, 8 * MIB, 8 * MIB],
    ['5 MiB at least', 100 * MIB, 1, 5 * MIB],
    ['what the most parts that S3 takes need', 100_000 * MIB, 8 * MIB, 10 * MIB],
    ['the next whole MiB, where they need a fraction', 100_001 * MIB, 8 * MIB, 11 * MIB],
  ])('is %s', (_, fileBytes, askedFor, expected) => {
    expect(partBytesFor(fileBytes, askedFor)).toBe(expected);
  });
});

describe('the digests of parts', () => {
  it('are those of the pieces, whatever chunks the file comes in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.integer({ min: 1, max: 30 }),
        (chunks, size) => {
          const hasher = new PartHasher(size);
          for (const chunk of chunks) hasher.update(Buffer.from(chunk));
          const whole = Buffer.concat(chunks);
          const parts = hasher.end();
          expect(parts.map(({ start, length }) => whole.subarray(start, start + length).length)).toEqual(
            parts.map(({ length }) => length),
          );
          expect(parts.every(({ length }, at) => length === size || at === parts.length - 1)).toBe(true);
          const digests = parts.map(({ start, length }) => sha256(whole.subarray(start, start + length)));
          expect(parts.map((part) => part.sha256)).toEqual(
            digests.map((digest) => digest.toString('base64')),
          );
          expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(whole.length);
          expect(hasher.compositeChecksum).toBe(
            `${sha256(Buffer.concat(digests)).toString('base64')}-${digests.length}`,
          );
        },
      ),
    );
  });
});

describe('an object’s key', () => {
  it('is by default where the training role may read', () => {
    expect(defaultKey('/data/a.jsonl', 'training')).toBe('train/a.jsonl');
    expect(defaultKey('a.jsonl', 'validation')).toBe('validation/a.jsonl');
  });

  it.each([
    ['train/my data.jsonl', 'Bedrock takes no'],
    ['train/données.jsonl', 'Bedrock takes no'],
    ['output/a.jsonl', 'The training role may not read'],
    ['train/', 'The training role may not read'],
  ])('is not %s', (key, message) => {
    expect(() => {
      requireKey(key);
    }).toThrow(message);
  });
});
