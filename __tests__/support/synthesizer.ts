import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Synthesizes for all test files of a run: to load and to bundle takes a fresh process seconds, this one once.
 * A context comes as `<name>.json`; what the app makes of it goes into the folder `<name>`, and `<name>.failed` says
 * that it makes nothing of it.
 */
const [, , folder = ''] = process.argv;
const load = createRequire(__filename);
const APP = load.resolve('../../main.ts');
// Of each of cdktf's tokens: a third of what a synth takes.
Object.assign(load('cdktf/lib/tokens/private/stack-trace') as object, { captureStackTrace: () => [] });

function serve(file: string): void {
  const name = join(folder, file.slice(0, -'.json'.length));
  if (!file.endsWith('.json') || existsSync(name)) return;
  const directory = mkdtempSync(join(folder, 'making-'));
  process.env.CDKTF_OUTDIR = directory;
  process.env.CDKTF_CONTEXT_JSON = readFileSync(join(folder, file), 'utf8');
  process.exitCode = 0;
  try {
    // The app runs where it is loaded; what it is made of stays loaded.
    Reflect.deleteProperty(load.cache, APP);
    load(APP);
    if (process.exitCode === 0) renameSync(directory, name);
  } catch (error) {
    console.error(error);
  }
  if (!existsSync(name)) writeFileSync(`${name}.failed`, '');
}

watch(folder, (_, file) => {
  if (file !== null) serve(file);
});
readdirSync(folder).forEach(serve);
// The run has ended, however it did: one that was killed has left its folder.
const end = () => {
  rmSync(dirname(folder), { recursive: true, force: true });
  process.exit();
};
process.once('SIGTERM', end);
process.stdin.once('end', end).resume();
