import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { cdktfSynth, copyApp } from '../support/synthesize';

/** What `cdktf synth` writes into a folder with the app's sources. */
function filesOfCdktfSynth(folder: string, timeZone: string) {
  copyApp(folder);
  const { status, output } = cdktfSynth(folder, { TZ: timeZone });
  if (status !== 0) throw new Error(output);
  return filesOf(join(folder, 'cdktf.out'));
}

/** What the app writes that is started without the CLI, as by `npm start`. */
function filesOfApp(folder: string, timeZone: string) {
  copyApp(folder);
  execFileSync(process.execPath, ['--import', 'tsx', 'main.ts'], {
    cwd: folder,
    env: { ...process.env, TZ: timeZone },
  });
  return filesOf(join(folder, 'cdktf.out'));
}

/** Every synthesized file by its path, as text that compares byte by byte. */
function filesOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'base64')]));
}

it('the same bytes are synthesized in any folder and time zone, by cdktf synth or without it', () => {
  const parent = mkdtempSync(join(tmpdir(), 'assistant-determinism-'));
  const [east, west] = [join(parent, 'one'), join(parent, 'an other')];
  try {
    const first = filesOfCdktfSynth(east, 'Pacific/Kiritimati');
    const second = filesOfApp(west, 'America/Los_Angeles');
    expect([...second.keys()]).toEqual([...first.keys()]);
    expect([...first.keys()].filter((path) => first.get(path) !== second.get(path))).toEqual([]);
    expect([...first.keys()].filter((path) => path.endsWith('.zip')).length).toBeGreaterThanOrEqual(8);
    expect([...first.keys()].filter((path) => path.endsWith('cdk.tf.json'))).toHaveLength(4);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
});
