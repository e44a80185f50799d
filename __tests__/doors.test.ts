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

const isTest = (file: string): boolean => /(^|\/)(__tests__\/|jest\.config\.js$)/.test(file);

const filesOf = (room: string): readonly string[] =>
  room.endsWith('.ts')
    ? [room]
    : readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !/(^|\/)node_modules\//.test(file))
        .map((file) => join(room, file));

const importsOf = (room: string): readonly Import[] =>
  filesOf(room)
    .filter((file) => !isTest(file))
    .flatMap(importsOfFile);

const importsOfFile = (from: string): readonly Import[] =>
  preProcessFile(readFileSync(join(ROOT, from), 'utf8'), true, true).importedFiles.map(({ fileName }) => ({
    from,
    to: fileName.startsWith('.') ? relative(ROOT, join(ROOT, dirname(from), fileName)) : fileName,
    packageName: packageNameOf(fileName),
  }));

/** Or of none: of the root, of its tests or of the documents. */
const isOfAnotherRoom = (room: string, { to, packageName }: Import): boolean =>
  packageName === undefined && !isBuiltin(to) && !to.startsWith(`${room}/`);

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

it('lambdas import nothing of CDKTF', () => {
  const ofCdktf = importsOf('lambdas').filter(({ packageName = '' }) =>
    /cdktf|^constructs$/.test(packageName),
  );
  expect(ofCdktf).toEqual([]);
});

const EXPORT =
  /^export (?:abstract |async )*(?<kind>const|function|class|interface|type)\b\*? (?<name>\w+)/gm;

/** What no file imports: the one is an entry, the other a bound that the documents derive and tests compare. */
const UNIMPORTED = ['handler', 'mostTokensOfDay'];

/** As another file names it, with or without what its name ends in. */
const moduleOf = (path: string): string =>
  path.replace(/^@assistant\//, '').replace(/(\/index)?(\.[cm]?[jt]sx?)?$/, '');

describe('what a file exports', () => {
  const everywhere = [...Object.keys(DOORS), '__tests__', 'docs'].flatMap(filesOf);
  const code = new Map(
    everywhere.map((file) => [
      file,
      readFileSync(join(ROOT, file), 'utf8').replace(/^\s*(\/?\*|\/\/).*$/gm, ''),
    ]),
  );
  const timesIn = (file: string, name: string): number =>
    code.get(file)?.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
  const importers = new Map<string, string[]>();
  for (const { from, to } of everywhere.flatMap(importsOfFile))
    importers.set(moduleOf(to), [...(importers.get(moduleOf(to)) ?? []), from]);

  it.each(Object.keys(DOORS))('is imported, in %s', (room) => {
    const vain = filesOf(room)
      .filter((file) => !isTest(file))
      .flatMap((file) =>
        [...(code.get(file) ?? '').matchAll(EXPORT)].flatMap(({ groups: { kind = '', name = '' } = {} }) => {
          const users = (importers.get(moduleOf(file)) ?? []).filter((user) => timesIn(user, name) > 0);
          const isType = kind === 'interface' || kind === 'type';
          const isUsed =
            users.some((user) => !isTest(user)) ||
            // A test looks at a part of what the file does; a type is in the signature of what it exports.
            ((users.length > 0 || isType) && timesIn(file, name) > 1);
          return isUsed || UNIMPORTED.includes(name) ? [] : [`${file}: ${name}`];
        }),
      );
    expect(vain).toEqual([]);
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
