import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ROOT } from '../../__tests__/support/synthesize';
import { createProgram } from '../program';

/** A command line as somebody may type it, up to a comment, a pipe, a file, a quotation mark, a variable or its line's end. */
const LINE = /npm run (?:--silent )?assistant -- ((?:(?! > )[^\n#|`"'”)$\\]|\\{1,2}\n|\$DATA)*)/g;

const under = (folder: string, ending: RegExp): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file) && !/(^|\/)(__tests__|node_modules)\//.test(file))
    .map((file) => join(folder, file));

const FILES = ['help', 'README.md', ...under('docs', /\.md$/), ...under('operator', /\.(md|ts)$/)];

interface Typed {
  readonly file: string;
  readonly words: readonly string[];
  /** Whether what is missing stands in a variable of the code. */
  readonly isOpen: boolean;
}

const typed: readonly Typed[] = FILES.flatMap((file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(LINE)].map(({ 0: { length }, 1: line = '', index }) => ({
    file,
    words: line.replace(/\\+\n/g, ' ').split(/\s+/).filter(Boolean),
    isOpen: text.startsWith('${', index + length),
  }));
});

/** Takes every action's place, and throws instead of ending the process. */
function tame(command: Command): void {
  command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  if (command.commands.length === 0) command.action(() => undefined);
  command.commands.forEach(tame);
}

describe('what documents, help and messages tell to type', () => {
  it('is found', () => {
    expect(typed.length).toBeGreaterThan(40);
    expect(new Set(typed.map(({ file }) => file))).toContain('README.md');
  });

  it.each(typed)('$file: $words', async ({ words, isOpen }) => {
    const program = await createProgram();
    tame(program);
    const refusal = await program.parseAsync([...words], { from: 'user' }).then(
      () => undefined,
      (error: unknown) => error as { code: string; message: string },
    );
    if ((refusal?.code ?? '').startsWith('commander.help')) return;
    if (isOpen && /missing.*argument/i.test(refusal?.code ?? '')) return;
    // What a line names may be there only once another has been typed.
    if (/There is no (such )?(file|folder)/.test(refusal?.message ?? '')) return;
    expect(refusal?.message).toBeUndefined();
  });
});
