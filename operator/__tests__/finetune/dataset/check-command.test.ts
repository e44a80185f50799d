import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCommand } from '../../../finetune/dataset/check-command';
import { onTerminal } from '../../terminal';
import { conversations } from './fixture';

const SAMPLE = join(__dirname, '..', '..', '..', 'finetune', 'sample', 'customer-service.jsonl');
let folder: string;
let output: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
  output = '';
  // Other files of the same process leave theirs.
  process.exitCode = undefined;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const check = async (...args: readonly string[]): Promise<void> => {
  const command = checkCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  await command.parseAsync(args, { from: 'user' });
};
const inFolder = (name: string) => join(folder, name);
const written = (lines: readonly string[]) => {
  writeFileSync(inFolder('data.jsonl'), lines.map((line) => `${line}\n`).join(''));
  return inFolder('data.jsonl');
};

describe('check', () => {
  it('finds the sample dataset ready for training, by the configured base model', async () => {
    await check(SAMPLE);
    expect(output).toContain(`${SAMPLE} is ready for training: 60 records in 60 lines`);
    expect(process.exitCode).toBeUndefined();
  });

  it('ends with 1 and shows no customer’s text where there are problems', async () => {
    await check(written([...conversations(9), '{"prompt": "my card is 4111'.repeat(2)]));
    expect(output).toMatch(/line 10: is not JSON.*\[invalid-json\]/);
    expect(output).not.toContain('4111');
    expect(process.exitCode).toBe(1);
  });

  it('writes its report as JSON, with what to do, of which no terminal breaks a line', async () => {
    await onTerminal(40, () => check(written(['{']), '--json', '--epochs', '3'));
    expect(JSON.parse(output)).toMatchObject({
      problems: { total: 2, byKind: { 'invalid-json': 1, 'too-few-records': 1 } },
      advice: { 'too-few-records': 'Add records.' },
      cost: { epochs: 3 },
    });
  });

  it('ends with 0 where there is nothing but warnings: CRLF, a byte order mark, copies', async () => {
    await check(written([`\ufeff${conversations(9).join('\r\n')}`, ...conversations(1)]));
    expect(output).toMatch(/1 × byte-order-mark[^]*1 × duplicate/);
    expect(output).toContain('8 × carriage-return');
    expect(process.exitCode).toBeUndefined();
  });

  it('splits off a validation set', async () => {
    const [training, validation] = [inFolder('train.jsonl'), inFolder('validation.jsonl')];
    const out = ['--train-out', training, '--validation-out', validation];
    await check(SAMPLE, '--validation-share', '0.2', '--seed', '7', ...out);
    const sides = [training, validation].map((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
    expect(sides.flat().sort()).toEqual(readFileSync(SAMPLE, 'utf8').trimEnd().split('\n').sort());
    expect(output).toContain(`Wrote ${sides[1]?.length ?? 0} records to ${validation}.`);
  });

  it.each([
    ['a file that is not there', ['none.jsonl'], 'none.jsonl is not there. Name a file'],
    ['a folder', [__dirname], `${__dirname} is not a file`],
    ['a share without files', [SAMPLE, '--validation-share', '0.1'], '--validation-share needs --train-out'],
    ['files without a share', [SAMPLE, '--train-out', 'a'], 'need --validation-share'],
    ['a share of everything', [SAMPLE, '--validation-share', '1'], 'It must be above 0 and below 1.'],
    [
      'a model that nobody tunes',
      [SAMPLE, '--model', 'anthropic.claude'],
      'Allowed choices are amazon.nova-micro',
    ],
    [
      'a model and a format',
      [SAMPLE, '--model', 'amazon.nova-micro-v1:0:128k', '--format', 'conversation'],
      'cannot be used with',
    ],
  ])('refuses %s', async (_, args, message) => {
    await expect(check(...args)).rejects.toThrow(message);
  });

  it('does not write a split over its own dataset', async () => {
    const file = written(conversations(20));
    const before = readFileSync(file, 'utf8');
    const split = ['--validation-share', '0.5', '--train-out', file, '--validation-out', inFolder('v.jsonl')];
    await expect(check(file, ...split)).rejects.toThrow('three different files');
    expect([readFileSync(file, 'utf8'), existsSync(inFolder('v.jsonl'))]).toEqual([before, false]);
  });
});
