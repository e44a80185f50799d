import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(room: string): readonly Import[] {
  const files = room.endsWith('.ts')
    ? [room]
    : readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !/(^|\/)(__tests__|node_modules)\//.test(file))
        .map((file) => join(room, file));
  return files.flatMap((from) =>
    preProcessFile(readFileSync(join(ROOT, from), 'utf8')).importedFiles.map(({ fileName }) => ({
      from,
      to: fileName.startsWith('.') ? relative(ROOT, join(ROOT, dirname(from), fileName)) : fileName,
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
