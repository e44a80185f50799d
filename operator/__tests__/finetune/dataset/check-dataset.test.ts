import fc from 'fast-check';
import { checkDataset, type CheckOptions } from '../../../finetune/dataset/check-dataset';
import { checkText, conversation, conversations, model, streamOf } from './fixture';

const NOVA = model('amazon.nova-micro-v1:0:128k');
const LLAMA = model('meta.llama3-1-8b-instruct-v1:0:128k');
const pairs = (count: number) =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ prompt: `Q ${index}`, completion: 'A' }));
const file = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('a check', () => {
  it('finds the same however the stream is cut into chunks', async () => {
    const lines = [
      ...conversations(3),
      '',
      '{"messages":',
      'null',
      JSON.stringify(conversation(2)),
      'caf\u00e9',
    ];
    const whole = Buffer.from(file(lines));
    const expected = await checkDataset(streamOf(whole));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 20 }), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        expect(await checkDataset(streamOf(...chunks))).toEqual(expected);
      }),
    );
    expect(expected.problems.byKind).toEqual({
      'blank-line': 1,
      'invalid-json': 2,
      'wrong-type': 1,
    });
    expect(expected.warnings.byKind).toEqual({ duplicate: 1 });
  });

  it('counts all problems and lists as many as asked for', async () => {
    const { problems } = await checkText(file(Array<string>(500).fill('{')), { maxProblems: 7 });
    expect(problems.listed).toHaveLength(7);
    expect(problems.byKind).toEqual({ 'invalid-json': 500, 'too-few-records': 1 });
  });

  it('says what it has read, for an estimate', async () => {
    const text = file(conversations(9));
    const { bytes, lines, records, textBytes } = await checkText(text);
    const texts = [...text.matchAll(/"text":"([^"]*)"/g)].map(([, one = '']) => one.length);
    expect({ bytes, lines, records }).toEqual({ bytes: text.length, lines: 9, records: 9 });
    expect(textBytes).toBe(texts.reduce((sum, length) => sum + length, 0));
  });

  it('looks for copies among more records than any model takes, and says where it stopped', async () => {
    const lines = pairs(100_001);
    const { warnings, duplicatesSoughtAmong } = await checkText(
      file([...lines, ...lines.slice(0, 1), ...lines.slice(-1)]),
    );
    expect(warnings.byKind).toEqual({ duplicate: 1 });
    expect(duplicatesSoughtAmong).toBe(100_000);
  });
});

describe('the format', () => {
  it.each<[string, CheckOptions, string[], string, string | undefined, number]>([
    ['is detected where nothing is said', {}, pairs(9), 'prompt-completion', undefined, 0],
    ['is the model’s', { model: NOVA }, pairs(9), 'conversation', NOVA.id, 9],
    [
      'is detected on demand, and then not the model’s',
      { model: NOVA, format: 'detect' },
      pairs(9),
      'prompt-completion',
      undefined,
      0,
    ],
    [
      'is the model’s where nothing tells',
      { model: LLAMA, format: 'detect' },
      ['5'],
      'prompt-completion',
      LLAMA.id,
      // The value, and the number of records.
      2,
    ],
    ['is the one that is demanded', { format: 'conversation' }, pairs(2), 'conversation', undefined, 2],
  ])('%s', async (_, options, lines, format, id, total) => {
    const report = await checkText(file(lines), options);
    expect([report.format, report.model, report.problems.total]).toEqual([format, id, total]);
  });
});

describe('the number of records', () => {
  it.each([
    ['amazon.nova-pro-v1:0:300k', 8],
    ['amazon.nova-2-lite-v1:0:256k', 200],
  ])('of %s is %d at least', async (id, least) => {
    const kinds = async (count: number) =>
      (await checkText(file(conversations(count)), { model: model(id) })).problems.byKind;
    expect(await kinds(least - 1)).toEqual({ 'too-few-records': 1 });
    expect(await kinds(least)).toEqual({});
  });

  it('has no least one for validation, except that there are any', async () => {
    const check = async (count: number) =>
      (await checkText(file(conversations(count)), { model: NOVA, use: 'validation' })).problems.byKind;
    expect(await check(1)).toEqual({});
    expect(await check(0)).toEqual({ 'too-few-records': 1 });
  });
});

describe('a record', () => {
  const long = (characters: number) =>
    file([JSON.stringify({ prompt: 'x'.repeat(characters - 1), completion: 'A' })]);

  it('of Llama has 16,000 tokens of 6 characters at most', async () => {
    const kinds = async (characters: number) =>
      Object.keys((await checkText(long(characters), { model: LLAMA, use: 'validation' })).problems.byKind);
    expect(await kinds(96_000)).toEqual([]);
    expect(await kinds(96_001)).toEqual(['record-too-long']);
  });
});
