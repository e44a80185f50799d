import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT } from '../support/synthesize';

const SOURCES = [
  'cdktf.json',
  'package.json',
  'tsconfig.json',
  'main.ts',
  'constructs',
  'contract',
  'lambdas',
];

/** Copies the app's sources into a folder and runs `cdktf synth` there. */
function synthesizeIn(folder: string, timeZone: string): void {
  for (const source of SOURCES) cpSync(join(ROOT, source), join(folder, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const cli = join(ROOT, 'node_modules', 'cdktf-cli', 'bundle', 'bin', 'cdktf.js');
  execFileSync(process.execPath, [cli, 'synth'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TZ: timeZone, CHECKPOINT_DISABLE: '1', CI: 'true' },
  });
}

/** Every synthesized file by its path, as text that compares byte by byte. */
function filesOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'base64')]));
}

it('cdktf synth gives the same bytes in any folder and time zone', () => {
  const parent = mkdtempSync(join(tmpdir(), 'assistant-determinism-'));
  const [east, west] = [join(parent, 'one'), join(parent, 'an other')];
  try {
    synthesizeIn(east, 'Pacific/Kiritimati');
    synthesizeIn(west, 'America/Los_Angeles');
    const [first, second] = [filesOf(join(east, 'cdktf.out')), filesOf(join(west, 'cdktf.out'))];
    expect([...second.keys()]).toEqual([...first.keys()]);
    expect([...first.keys()].filter((path) => first.get(path) !== second.get(path))).toEqual([]);
    expect([...first.keys()].filter((path) => path.endsWith('.zip')).length).toBeGreaterThanOrEqual(8);
    expect([...first.keys()].filter((path) => path.endsWith('cdk.tf.json'))).toHaveLength(3);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}, 60_000);
