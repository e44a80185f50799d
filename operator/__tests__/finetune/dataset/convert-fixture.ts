import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertCommand } from '../../../finetune/dataset/convert-command';
import { captureOutput } from '../../capture-output';

export const NOVA = 'amazon.nova-micro-v1:0:128k';

/** The command in a folder of each test's own. */
export function converter() {
  let folder: string;
  let output: ReturnType<typeof captureOutput>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'convert-'));
    output = captureOutput();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const out = () => join(folder, 'out.jsonl');
  const convert = async (content: string | Buffer, ...args: readonly string[]): Promise<unknown[]> => {
    const file = join(folder, 'in');
    writeFileSync(file, content);
    const command = convertCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    await command.parseAsync([file, '--out', out(), ...(args.length > 0 ? args : ['--model', NOVA])], {
      from: 'user',
    });
    return readFileSync(out(), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };
  return { convert, out, said: () => output.text() };
}

export const talk = (system: readonly string[], ...texts: readonly string[]) => ({
  schemaVersion: 'bedrock-conversation-2024',
  ...(system.length > 0 && { system: system.map((text) => ({ text })) }),
  messages: texts.map((text, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: [{ text }],
  })),
});
