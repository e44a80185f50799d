import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { cdktfSynth, copyApp, synthesize } from '../support/synthesize';

/** What `cdktf synth` writes into a folder with the app's sources. */
function filesOfCdktfSynth(folder: string, timeZone: string) {
  copyApp(folder);
  const { status, output } = cdktfSynth(folder, { TZ: timeZone });
  if (status !== 0) throw new Error(output);
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
  const parent = mkdtempSync(join(tmpdir(), 'assistant determinism '));
  // In the project's own folder, far to the west: see run-folder.ts.
  const app = synthesize();
  try {
    const first = filesOfCdktfSynth(join(parent, 'an other'), 'Pacific/Kiritimati');
    const second = filesOf(app.directory);
    expect([...second.keys()]).toEqual([...first.keys()]);
    expect([...first.keys()].filter((path) => first.get(path) !== second.get(path))).toEqual([]);
    expect([...first.keys()].filter((path) => path.endsWith('.zip')).length).toBeGreaterThanOrEqual(8);
    expect([...first.keys()].filter((path) => path.endsWith('cdk.tf.json'))).toHaveLength(4);
  } finally {
    app.remove();
    rmSync(parent, { recursive: true, force: true });
  }
});
