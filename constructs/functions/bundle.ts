import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync, type BuildOptions } from 'esbuild';
import { zipSync } from 'fflate';

/** The functions by the name of their entry in lambdas/handlers/. */
const ENTRIES = ['primary-model', 'fallback-model', 'degradation', 'health', 'authorizer', 'chat'] as const;

export type FunctionEntry = (typeof ENTRIES)[number];

export interface Bundle {
  /** Path of the zip. */
  readonly path: string;
  /** Hexadecimal SHA-256 of the JavaScript: the bundle's identity. */
  readonly assetHash: string;
  /** Base64 SHA-256 of the zip, as Lambda compares it. */
  readonly sourceCodeHash: string;
}

/**
 * The same in every folder, time zone and year: DOS times are local, so the date is given in local time; source
 * maps and unminified code would carry paths.
 */
const ZIP_OPTIONS = { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16, level: 9 } as const;

interface Package {
  readonly code: string;
  readonly zip: Uint8Array;
}

/** To bundle and to compress is the dearest part of a synth, and both regions run the same code. */
let built: ReadonlyMap<FunctionEntry, Package> | undefined;

/** Writes a function's deployment package into a folder. */
export function bundleFunction(entry: FunctionEntry, folder: string): Bundle {
  built ??= buildAll();
  const { code, zip } = built.get(entry) ?? missing(entry);
  const path = join(folder, `${entry}.zip`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, zip);
  return { path, assetHash: sha256(code).toString('hex'), sourceCodeHash: sha256(zip).toString('base64') };
}

const ROOT = join(__dirname, '..', '..');

/** How esbuild makes the functions' bundles. */
export const BUNDLE_OPTIONS = {
  entryPoints: Object.fromEntries(ENTRIES.map((entry) => [entry, `lambdas/handlers/${entry}.ts`])),
  absWorkingDir: ROOT,
  outdir: 'bundles',
  bundle: true,
  write: false,
  minify: true,
  platform: 'node',
  // Deployed on Node 24, run locally on what a laptop has.
  target: 'node20',
  // What is bundled imports Node's own modules alone so: to require them starts no loader in a cold start.
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  legalComments: 'none',
} satisfies BuildOptions;

function buildAll(): ReadonlyMap<FunctionEntry, Package> {
  const { outputFiles } = buildSync(BUNDLE_OPTIONS);
  const codeOf = (entry: FunctionEntry) =>
    outputFiles.find(({ path }) => path === join(ROOT, 'bundles', `${entry}.js`))?.text;
  return new Map(
    ENTRIES.map((entry) => {
      const code = codeOf(entry) ?? missing(entry);
      const zip = zipSync({ 'index.js': [Buffer.from(code), ZIP_OPTIONS] }, ZIP_OPTIONS);
      return [entry, { code, zip }];
    }),
  );
}

const missing = (entry: FunctionEntry): never => {
  throw new Error(`esbuild made no bundle of lambdas/handlers/${entry}.ts.`);
};

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
