import { join } from 'node:path';
import { buildSync } from 'esbuild';

let bundle: string | undefined;

/** JavaScript of the worker's side, built once in a process: workers start without a TypeScript loader. */
export function runtimeBundle(): string {
  bundle ??= buildSync({
    entryPoints: [join(__dirname, 'runtime', 'main.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
  }).outputFiles[0]?.text;
  if (bundle === undefined) throw new Error('esbuild wrote nothing for local/lambda/runtime/main.ts');
  return bundle;
}
