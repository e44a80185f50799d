import { buildSync } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_OPTIONS } from '../../constructs/functions/bundle';

/** A package of others that lies in functions' bundles. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly functions: readonly string[];
}

const ROOT = join(__dirname, '..', '..');

/** What is in the functions' bundles beside our own code, as esbuild tells. */
export function bundledPackages(): readonly BundledPackage[] {
  const { metafile } = buildSync({ ...BUNDLE_OPTIONS, metafile: true });
  const found = new Map<string, Set<string>>();
  for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
    const name = output.replace(/^.*\/|\.js$/g, '');
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0];
      // What was read and left out is not in it.
      if (folder === undefined || bytesInOutput === 0) continue;
      found.set(folder, (found.get(folder) ?? new Set()).add(name));
    }
  }
  return [...found].map(([folder, functions]) => describePackage(folder, [...functions].sort())).sort(byName);
}

function describePackage(folder: string, functions: readonly string[]): BundledPackage {
  const { name, version, license } = JSON.parse(
    readFileSync(join(ROOT, folder, 'package.json'), 'utf8'),
  ) as Record<'name' | 'version' | 'license', string>;
  return { name, version, licence: license, functions };
}

const byName = (one: BundledPackage, other: BundledPackage) =>
  `${one.name} ${one.version}` < `${other.name} ${other.version}` ? -1 : 1;

/** The table of them, in Markdown. */
export function bundledPackagesTable(): string {
  return [
    '| package | version | licence | in the bundle of |',
    '| --- | --- | --- | --- |',
    ...bundledPackages().map(
      ({ name, version, licence, functions }) =>
        `| ${name} | ${version} | ${licence} | ${functions.join(', ')} |`,
    ),
  ].join('\n');
}
