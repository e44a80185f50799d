import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build } from 'esbuild';
import { customProperties } from '../../report/style';

const PAGE = join(__dirname, '..', 'page');

interface Asset {
  readonly type: string;
  readonly gzipped: Buffer;
}

type AssetName = '/' | '/console/main.js' | '/console/style.css' | '/console/icon.svg';

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
};

const SOURCES: Readonly<
  Record<AssetName, () => Promise<Omit<Asset, 'gzipped'> & { readonly text: string }>>
> = {
  '/': async () => ({ type: TYPES.html, text: await source('index.html') }),
  '/console/icon.svg': async () => ({ type: TYPES.svg, text: await source('icon.svg') }),
  '/console/style.css': async () => ({
    type: TYPES.css,
    text: [
      `:root { color-scheme: light dark; ${customProperties('light')} }`,
      `@media (prefers-color-scheme: dark) { :root { ${customProperties('dark')} } }`,
      await source('style.css'),
    ].join('\n'),
  }),
  '/console/main.js': async () => ({ type: TYPES.js, text: await bundled() }),
};

const source = (file: string): Promise<string> => readFile(join(PAGE, file), 'utf8');

const made = new Map<string, Promise<Asset>>();

export const isAsset = (path: string): path is AssetName => Object.hasOwn(SOURCES, path);

/** Made when it is first asked for, and kept. */
export function asset(path: AssetName): Promise<Asset> {
  const known = made.get(path) ?? make(path);
  made.set(path, known);
  known.catch(() => made.delete(path));
  return known;
}

async function make(path: AssetName): Promise<Asset> {
  const { type, text } = await SOURCES[path]();
  return { type, gzipped: await promisify(gzip)(text, { level: 9 }) };
}

/** In a process of esbuild's own: the system answers its callers meanwhile. */
async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, 'main.tsx')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfigRaw: {},
    legalComments: 'none',
  });
  return outputFiles[0]?.text ?? '';
}
