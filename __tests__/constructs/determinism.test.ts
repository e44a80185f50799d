import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { cdktfSynth, copyApp } from '../support/synthesize';

/** Copies the app's sources into a folder and runs `cdktf synth` there. */
function synthesizeIn(folder: string, timeZone: string): void {
  copyApp(folder);
  const { status, output } = cdktfSynth(folder, { TZ: timeZone });
  if (status !== 0) throw new Error(output);
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
