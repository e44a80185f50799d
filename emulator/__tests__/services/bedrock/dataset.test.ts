import { Readable } from 'node:stream';
import fc from 'fast-check';
import { linesOf, LineTooLongError, problemOf } from '../../../services/bedrock/dataset';
import { conversation } from './fixture';

const read = async (chunks: readonly Buffer[], maxBytes = 1000): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks), maxBytes)) lines.push(line.toString());
  return lines;
};

describe('lines', () => {
  it('are the same however the file is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' '))),
        fc.array(fc.nat()),
        fc.boolean(),
        async (lines, cuts, ended) => {
          const whole = Buffer.from(lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''));
          const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length].sort(
            (a, b) => a - b,
          );
          const chunks = places.slice(1).map((place, index) => whole.subarray(places[index], place));
          const expected = whole.toString().split('\n');
          expect(await read(chunks)).toEqual(expected.at(-1) === '' ? expected.slice(0, -1) : expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('may be as long as the limit, and no longer', async () => {
    expect(await read([Buffer.from(`a\n${'x'.repeat(10)}\n`)], 10)).toEqual(['a', 'x'.repeat(10)]);
    const tooLong = read([Buffer.from('a\n'), Buffer.from('x'.repeat(6)), Buffer.from('x'.repeat(5))], 10);
    await expect(tooLong).rejects.toEqual(new LineTooLongError(2));
  });
});

const MICRO = { id: 'micro', format: 'conversation', takes: [] } as const;
const LITE_2 = { id: 'lite 2', format: 'conversation', takes: ['media', 'reasoning'] } as const;
const LLAMA = { id: 'llama', format: 'prompt-completion', takes: [] } as const;

describe('a record', () => {
  const turn = (role: string, text = 'Hello.') => ({ role, content: [{ text }] });
  const turns = (...messages: object[]) => ({ ...conversation('Hello?'), messages });
  const secret = 'my card is 4111';

  it.each([
    ['a conversation', conversation('Where is it?')],
    ['one without a system prompt', { schemaVersion: 'x', messages: [turn('user'), turn('assistant')] }],
    ['one of four turns', turns(turn('user'), turn('assistant'), turn('user'), turn('assistant'))],
    ['one without a schema, its system empty', { system: [], messages: [turn('user'), turn('assistant')] }],
    ['one with a member that nobody knows', { ...conversation('Where is it?'), id: 7 }],
    [
      'one with tools',
      turns(
        turn('user'),
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'find', input: {} } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'found' }] } }] },
        turn('assistant'),
      ),
    ],
  ])('is right: %s', (_, record) => {
    expect(problemOf(Buffer.from(JSON.stringify(record)), MICRO)).toBeUndefined();
  });

  const reasoned = {
    role: 'assistant',
    content: [{ reasoningContent: { reasoningText: { text: 'Parcels take days.' } } }, { text: 'Wait.' }],
  };
  const pictured = { role: 'user', content: [{ image: { source: { s3Location: { uri: 's3://b/k' } } } }] };

  it.each([
    [
      'reasoning',
      turns(turn('user'), reasoned),
      /^messages\.1\.content\.0\.reasoningContent is not supported/,
    ],
    ['a picture', turns(pictured, turn('assistant')), /^messages\.0\.content\.0\.image is not supported/],
  ])('may have %s for the models that take it alone', (_, record, message) => {
    const line = Buffer.from(JSON.stringify(record));
    expect(problemOf(line, LITE_2)).toBeUndefined();
    expect(problemOf(line, MICRO)).toMatch(message);
  });

  it.each([
    ['no messages', { schemaVersion: 'x' }, /^messages must be an array/],
    ['an assistant that begins', turns(turn('assistant'), turn('user')), /^messages\.0\.role must be user/],
    ['two turns of one role', turns(turn('user'), turn('user')), /^messages\.1\.role must be assistant/],
    ['no last answer', turns(turn('user'), turn('assistant'), turn('user')), /^messages must end/],
    ['an empty text', turns(turn('user', ''), turn('assistant')), /^messages\.0\.content must not be empty/],
    [
      'a reserved keyword in the system prompt',
      { ...conversation('Hi'), system: [{ text: '[EOS]' }] },
      /^system\.0\.text contains the reserved keyword \[EOS\]/,
    ],
    [
      'a picture',
      turns({ role: 'user', content: [{ image: secret }] }, turn('assistant')),
      /^messages\.0\.content\.0/,
    ],
    ['an array', [secret], /^record /],
  ])('is wrong, and does not show its text: %s', (_, record, message) => {
    const problem = problemOf(Buffer.from(JSON.stringify(record)), MICRO);
    expect(problem).toMatch(message);
    expect(problem).not.toContain(secret);
  });

  it.each([
    [{ prompt: 'a', completion: 'b' }, undefined],
    [{ prompt: '', completion: 'b' }, 'prompt must not be empty'],
    [{ prompt: 'a' }, 'completion must be a string'],
    [{ prompt: 'a', completion: 'b', [secret]: 1 }, 'record has members that are not allowed'],
  ])('of a prompt and a completion: %j', (record, problem) => {
    expect(problemOf(Buffer.from(JSON.stringify(record)), LLAMA)).toBe(problem);
  });

  it('is UTF-8 without a byte order mark', () => {
    expect(problemOf(Buffer.from([0x22, 0xff, 0x22]), MICRO)).toBe('is not valid JSON');
    expect(problemOf(Buffer.from('\uFEFF{}'), MICRO)).toBe('is not valid JSON');
  });
});
