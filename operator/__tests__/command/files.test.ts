import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { makeFolder, shownPath } from '../../command/files';
import { readModelConfig } from '../../model-config/model-config-file';
import { createProgram } from '../../program';

const folder = mkdtempSync(join(tmpdir(), 'files-'));

const written = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const FILES = {
  missing: join(folder, 'none.json'),
  folder,
  'not JSON': written('text.json', 'my card is 4111'),
  'of another shape': written('other.json', JSON.stringify({ plan: 'my card is 4111' })),
};

/** Every option and argument that names a file to read; the file's place is taken by `FILE`. */
const COMMANDS: readonly (readonly [words: string, advice: string])[] = [
  ['benchmark compare FILE FILE', 'Name the .json file that `benchmark run` has written'],
  ['benchmark recommend FILE', 'Name the .json file that `benchmark run` has written'],
  ['benchmark run --models a --questions FILE', 'Name a file of questions'],
  ['benchmark run --models a --resume FILE', 'Name the \\.journal\\.jsonl file of the run'],
  ['plan-summary FILE', 'terraform show -json'],
  ['finetune check FILE', 'Name a file of JSON Lines'],
  ['finetune upload FILE', 'Name a file of JSON Lines'],
];

const silence = (command: Command): void => {
  command.exitOverride();
  command.commands.forEach(silence);
};

async function refusal(words: readonly string[]): Promise<string> {
  const program = await createProgram((name) => name === words[0]);
  silence(program);
  let said = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    expect(process.exitCode).toBe(1);
  } catch (error) {
    said += (error as Error).message;
  } finally {
    jest.restoreAllMocks();
    process.exitCode = undefined;
  }
  return said;
}

const CASES = COMMANDS.flatMap(([words, advice]) =>
  Object.entries(FILES).map(([kind, file]) => ({ words, advice, kind, file })),
);

test.each(CASES)('$words of a file that is $kind says what is wrong and what to do', async (row) => {
  const { words, advice, kind, file } = row;
  const said = await refusal(words.split(' ').map((word) => (word === 'FILE' ? file : word)));
  if (!words.startsWith('plan-summary') || ['missing', 'folder'].includes(kind)) expect(said).toContain(file);
  expect(said).not.toMatch(/4111|✖|ENOENT|EISDIR|Invalid input|^\s+at /m);
  // What is wrong in a dataset, or with a question, is told line by line.
  const isList = /finetune|--questions/.test(words) && !['missing', 'folder'].includes(kind);
  if (isList) expect(said).toContain('line 1');
  else expect(said).toMatch(new RegExp(`^[^\\n]*${advice}[^\\n]*$`));
});

// /proc is Linux's: there nobody may make a folder, and mkdir's own recursion tries for ever.
test.each(['/proc/none', '/proc/none/below', join(FILES['not JSON'], 'below')])(
  'a folder in which nothing can be written is refused: %s',
  (path) => {
    expect(() => {
      makeFolder(path);
    }).toThrow(/^Nothing can be written in \/.* \([A-Z]+\)\. Name another folder\.$/);
  },
);

test('a path is shown from here, and of what lies elsewhere from the root', () => {
  const here = process.cwd();
  expect([join(here, 'results', 'a.json'), 'a.json'].map(shownPath)).toEqual(['results/a.json', 'a.json']);
  expect(shownPath(join(folder, 'a.json'))).toBe(join(folder, 'a.json'));
});

test('a folder is made with those above it, and may be there', () => {
  const path = join(folder, 'a', 'b', 'c');
  for (let times = 0; times < 2; times += 1) makeFolder(path);
  expect(existsSync(path)).toBe(true);
});

test('a ModelConfig says which fields are wrong', () => {
  expect(() => readModelConfig(FILES['of another shape'])).toThrow(
    /is no ModelConfig: .*default is missing[^\n]*default-model-config\.json\.$/,
  );
});
