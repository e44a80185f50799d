import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { preProcessFile } from 'typescript';
import packageJson from '../package.json';
import { ROOT } from './support/synthesize';

/** What each room's own code may import beside itself and packages; its tests may look anywhere. */
const DOORS: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'main.ts': [/^constructs\//],
  contract: [],
  constructs: [/^contract\//],
  lambdas: [/^contract\//],
  emulator: [],
  operator: [
    /^contract\//,
    /^constructs\/config\//,
    '@assistant/emulator',
    '@assistant/emulator/terraform-provider',
  ],
};

const packageNameOf = (imported: string): string | undefined =>
  imported.startsWith('.') || imported.startsWith('@assistant/') || isBuiltin(imported)
    ? undefined
    : /^(@[^/]+\/)?[^/]+/.exec(imported)?.[0];

interface Import {
  readonly from: string;
  readonly to: string;
  /** undefined where it is a file of this repository, or Node's own */
  readonly packageName: string | undefined;
}

function importsOf(room: string): readonly Import[] {
  const files = room.endsWith('.ts')
    ? [room]
    : readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !/(^|\/)(__tests__|node_modules)\//.test(file))
        .map((file) => join(room, file));
  return files.flatMap((from) =>
    preProcessFile(readFileSync(join(ROOT, from), 'utf8'), true, true).importedFiles.map(({ fileName }) => ({
      from,
      to: fileName.startsWith('.') ? relative(ROOT, join(ROOT, dirname(from), fileName)) : fileName,
      packageName: packageNameOf(fileName),
    })),
  );
}

const isOfAnotherRoom = (room: string, { to }: Import): boolean =>
  to.startsWith('@assistant/') ||
  Object.keys(DOORS).some((other) => other !== room && to.startsWith(`${other}/`));

describe('rooms and their doors', () => {
  it.each(Object.entries(DOORS))('%s imports other rooms only by the doors that it has', (room, doors) => {
    const imports = importsOf(room);
    expect(imports.length).toBeGreaterThan(0);
    const wrong = imports
      .filter((each) => isOfAnotherRoom(room, each))
      .filter(({ to }) => !doors.some((door) => (typeof door === 'string' ? door === to : door.test(to))))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  it.each(Object.keys(DOORS))('%s imports no package that its package.json does not declare', (room) => {
    const folder = packageJson.workspaces.includes(room) ? join(ROOT, room) : ROOT;
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as Readonly<Record<string, Readonly<Record<string, string>>>>;
    const undeclared = importsOf(room)
      .filter(
        ({ packageName: name = '' }) => name !== '' && !(name in { ...dependencies, ...devDependencies }),
      )
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(undeclared).toEqual([]);
  });
});

it.each(packageJson.workspaces)('the tests of %s can be run alone', (room) => {
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const listed = execFileSync(process.execPath, [jest, '--listTests'], {
    cwd: join(ROOT, room),
    encoding: 'utf8',
  });
  const files = listed.trim().split('\n');
  expect(files.length).toBeGreaterThan(1);
  expect(files.filter((file) => !file.startsWith(join(ROOT, room, '__tests__')))).toEqual([]);
});
