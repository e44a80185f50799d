import { join } from 'node:path';
import { buildSync, type BuildOptions } from 'esbuild';

const PROJECT = join(__dirname, '..', '..', '..');

/** Those of constructs/functions/bundle.ts; a test compares the outcome byte by byte. */
const AS_DEPLOYED: BuildOptions = {
  absWorkingDir: PROJECT,
  outdir: 'bundles',
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  legalComments: 'none',
};

/**
 * Bundles a module as the functions are bundled, for a comparison that is about the code alone.
 * @param entry path of the TypeScript module, from the project's folder
 * @returns JavaScript, CommonJS
 */
export function bundle(entry: string): string {
  const [output] = buildSync({ ...AS_DEPLOYED, entryPoints: [entry], write: false }).outputFiles;
  if (output === undefined) throw new Error(`esbuild made no bundle of ${entry}.`);
  return output.text;
}
