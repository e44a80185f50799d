import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ROOT } from '../../../__tests__/support/synthesize';
import { EXIT } from '../../command/exit-codes';
import { WIDTH } from '../../command/output';
import { createProgram } from '../../program';
import { assistant } from '../assistant';

interface Leaf {
  readonly path: string;
  readonly command: Command;
}

const walk = (command: Command, path = 'assistant'): readonly Leaf[] => [
  { path, command },
  ...command.commands.flatMap((child) => walk(child, `${path} ${child.name()}`)),
];

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 200 }).outputHelp();
  return help;
}

describe('the help of every command', () => {
  let all: readonly Leaf[];
  beforeAll(async () => {
    all = walk(await createProgram());
  });

  it('fits a terminal of 80 columns, and is no wider on a wider one', () => {
    expect(all.length).toBeGreaterThan(30);
    const wide = all.flatMap(({ path, command }) =>
      helpOf(command)
        .split('\n')
        .filter((line) => line.length > WIDTH)
        .map((line) => `${path}: ${line}`),
    );
    expect(wide).toEqual([]);
  });

  it('tells no default of what is off unless it is asked for, and others as they are typed', () => {
    const told = all.flatMap(({ path, command }) =>
      [
        ...helpOf(command)
          .replace(/\s+/g, ' ')
          .matchAll(/default: (?:false|\[[^)]*)/g),
      ].map(([text]) => `${path}: ${text}`),
    );
    expect(told).toEqual([]);
  });

  it('says what the command does', () => {
    expect(all.filter(({ command }) => command.description() === '').map(({ path }) => path)).toEqual([]);
  });

  it('has --json wherever something is shown', () => {
    const leaves = all.filter(({ command }) => command.commands.length === 0);
    const without = leaves.filter(({ command }) => !command.options.some(({ long }) => long === '--json'));
    const names = without.map(({ path }) => path.replace('assistant ', ''));
    // What they print is where a page is, what is done (its state is another command's), or another program's own.
    expect(names.filter((name) => !name.startsWith('rehearse '))).toEqual([
      'console',
      ...['set', 'deploy', 'rollback'].map((name) => `models ${name}`),
      ...['convert', 'upload', 'start', 'stop', 'deploy', 'undeploy'].map((name) => `finetune ${name}`),
      'teardown',
      'keys revoke',
    ]);
  });

  it('has --target wherever a system is asked, or is of files alone', () => {
    const leaves = all.filter(({ command }) => command.commands.length === 0);
    const without = leaves.filter(({ command }) => !command.options.some(({ long }) => long === '--target'));
    const names = without.map(({ path }) => path.replace('assistant ', ''));
    expect(names.filter((name) => !name.startsWith('rehearse '))).toEqual([
      'models validate',
      ...['finetune check', 'finetune convert', 'benchmark recommend', 'benchmark compare'],
      ...['keys new', 'keys list', 'keys revoke', 'openapi', 'config', 'cost'],
      ...['plan-summary', 'state-check', 'secret'],
    ]);
  });

  it('names every exit code at the top, as the file `help` does', () => {
    const file = readFileSync(join(ROOT, 'help'), 'utf8');
    expect(file.split('\n').filter((line) => line.length > WIDTH)).toEqual([]);
    const [, inFile = ''] = /^Exit codes$([^]*?)npm start/m.exec(file) ?? [];
    expect([...inFile.matchAll(/(\d+) [a-z]/g)].map(([, code]) => Number(code))).toEqual(Object.values(EXIT));
    const [top] = all;
    const told = [...(top ? helpOf(top.command) : '').matchAll(/^ {2}(\d+) {2,}\w/gm)].map(([, code]) =>
      Number(code),
    );
    expect(told).toEqual(Object.values(EXIT));
  });
});

describe('asked for a deployment', () => {
  it.each([
    'status',
    'dashboard',
    'fault add bedrock error',
    'fault list',
    'fault clear',
    'models try a.json',
  ])('`%s` says that it is of a running `npm start` alone', async (line) => {
    const { code, output } = await assistant(0, ...line.split(' '), '--target', 'aws');
    expect(output).toMatch(/argument 'aws' is invalid\. This is of a running `npm start` alone\. \w/);
    expect(code).toBe(EXIT.failed);
  });

  it.each(['--target aws circuits show', 'circuits --target aws show'])(
    '`%s` is told where options stand',
    async (line) => {
      const { output } = await assistant(0, ...line.split(' '));
      expect(output).toContain('options stand behind the name of a command');
    },
  );
});

describe('asked for help', () => {
  it.each(['modles --help', 'modles show -h', 'help modles', 'models shwo --help', 'models help shwo'])(
    'on a command that is not there, `%s` says so, with the nearest name',
    async (line) => {
      const { code, output } = await assistant(0, ...line.split(' '));
      expect(output).toMatch(/^error: unknown command '(modles|shwo)'\n\(Did you mean (models|show)\?\)\n/);
      expect(code).toBe(EXIT.failed);
    },
  );

  it.each(['models --help', 'help models', 'models help'])('`%s` names its commands', async (line) => {
    const { code, output } = await assistant(0, ...line.split(' '));
    expect(output).toContain('rollback');
    expect(code).toBe(EXIT.done);
  });
});
