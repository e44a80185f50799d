import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uploadCommand } from '../../../finetune/upload/upload-command';
import type { Target } from '../../../finetune/target/target';
import { conversations } from '../dataset/fixture';
import { BUCKET, smallFile, startBench, type Bench } from './fixture';

const MODEL = ['--model', 'amazon.nova-micro-v1:0:128k'];
let bench: Bench;
let output: string;
let opened: number;

beforeEach(async () => {
  bench = await startBench();
  output = '';
  opened = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await bench.stop();
});

/** The part of a target that an upload works on. */
const openTarget = (): Promise<Target> => {
  opened += 1;
  return Promise.resolve({
    ...bench.target,
    close: () => {
      opened -= 1;
    },
  } as unknown as Target);
};
const upload = async (...args: readonly string[]): Promise<void> => {
  const command = uploadCommand(openTarget)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  await command.parseAsync([...MODEL, ...args], { from: 'user' });
};
const fileOf = (name: string, lines: readonly string[]): string => {
  const path = join(bench.folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
};

describe('upload', () => {
  it('puts the file where the training role may read it, and says so the second time, too', async () => {
    const path = smallFile(bench);
    await upload(path);
    expect(output).toMatch(
      new RegExp(`^Uploaded and verified: s3://${BUCKET}/train/small.jsonl \\(version .*10 records`),
    );
    output = '';
    await upload(path);
    expect(output).toMatch(/^Already there, unchanged: s3:.*train\/small\.jsonl/);
    expect(opened).toBe(0);
  });

  it('takes a validation set along', async () => {
    await upload(
      smallFile(bench),
      '--key',
      'train/a.jsonl',
      '--validation',
      fileOf('few.jsonl', conversations(2)),
    );
    expect(output).toMatch(/train\/a\.jsonl .*\n.*validation\/few\.jsonl .* 2 records/);
  });

  it('sends neither where one has problems', async () => {
    const broken = fileOf('broken.jsonl', [...conversations(1), '{']);
    await expect(upload(smallFile(bench), '--validation', broken)).rejects.toThrow(
      'has 1 problem; nothing was uploaded',
    );
    expect(bench.proxy.requests).toEqual([]);
  });

  it('sends neither where the model is tuned without a validation set', async () => {
    const lite = ['--model', 'amazon.nova-2-lite-v1:0:256k'];
    const training = fileOf('enough.jsonl', conversations(200));
    await expect(upload(training, '--validation', smallFile(bench), ...lite)).rejects.toThrow(
      'is tuned without a validation set: leave it out',
    );
    expect(bench.proxy.requests).toEqual([]);
  });

  it('says that there is something to doubt', async () => {
    const notes = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await upload(fileOf('twice.jsonl', [...conversations(9), ...conversations(1)]));
    expect(notes.mock.calls.join()).toContain('has 1 warning: npm run assistant -- finetune check');
  });

  it('sends neither where both together are too many', async () => {
    const many = conversations(20_000);
    const training = fileOf('many.jsonl', many.slice(0, 19_999));
    const validation = fileOf('two.jsonl', conversations(2));
    await expect(upload(training, '--validation', validation)).rejects.toThrow(
      'Together the files have 20001 records; amazon.nova-micro-v1:0:128k takes 20000.',
    );
    expect(bench.proxy.requests).toEqual([]);
  });

  it.each([
    ['a key out of the role’s reach', ['--key', 'data.jsonl'], 'The training role may not read data.jsonl'],
    ['parts too small for S3', ['--part-size', '4'], 'It must be from 5 to 1024.'],
    ['no parts at once', ['--concurrency', '0'], 'at least 1'],
  ])('refuses %s', async (_, args, message) => {
    await expect(upload(smallFile(bench), ...args)).rejects.toThrow(message);
  });
});
