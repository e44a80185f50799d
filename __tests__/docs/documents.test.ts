import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import packageJson from '../../package.json';
import { assistantConfigSchema } from '../../constructs/config/assistant-config';
import { bundledPackages } from '../../docs/generate/bundled-packages';
import { documents, shippedCost } from '../../docs/generate/documents';
import recorded from '../../docs/generate/key-changes.json';
import { KEY_CHANGES } from '../../docs/generate/key-changes';
import { failoverArithmetic } from '../../docs/generate/failover-arithmetic';
import { standingUsd } from '../../operator/cost/cost-table';
import { failoverTable } from '../../docs/generate/tables';
import { ROOT } from '../support/synthesize';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const MARKDOWN = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'emulator/README.md'].filter((file) =>
    existsSync(join(ROOT, file)),
  ),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** Markdown without the padding that Prettier gives its tables. */
const unpadded = (markdown: string) => markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

describe('the documents', () => {
  it.each(documents(read))('$file has its generated parts as the code has them', ({ file, filled }) => {
    expect(unpadded(read(file))).toBe(unpadded(filled));
  });

  it('has a README that is read in one go', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(150);
  });

  it.each(MARKDOWN)('%s links only to files that exist', (file) => {
    const links = [...read(file).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, link = '']) => link);
    const missing = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !existsSync(join(ROOT, dirname(file), link)));
    expect(missing).toEqual([]);
  });

  it.each([...MARKDOWN, 'help', '.ci/run'])('%s shows a key wherever it asks a question', (file) => {
    const commands =
      read(file)
        .replace(/\\\n */g, '')
        .match(/^.*curl .*"question".*$/gm) ?? [];
    expect(commands.filter((command) => !command.includes('x-api-key: '))).toEqual([]);
  });

  it('names, where it says what to open, only files that exist', () => {
    const table = /## Where to change what\n([^]*?)\n## /.exec(read('docs/architecture.md'))?.[1] ?? '';
    const named = [...table.matchAll(/\| `([^`]+)` +\|\n/g)].map(([, file = '']) => file);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it.each([...MARKDOWN.filter((file) => file !== 'CHANGELOG.md'), 'help'])(
    '%s names only scripts that exist',
    (file) => {
      const named = [...read(file).matchAll(/npm run (?:--\S+ )?([a-z]+)/g)].map(([, script]) => script);
      for (const script of named) expect(Object.keys(packageJson.scripts)).toContain(script);
    },
  );
});

describe('help', () => {
  it.each(Object.keys(packageJson.scripts))('names the script %s', (script) => {
    expect(read('help')).toMatch(new RegExp(`^ +npm (run )?${script}(?![\\w:])`, 'm'));
  });
});

describe('what the documents say of the configuration', () => {
  it.each(Object.keys(assistantConfigSchema.shape))('explains the key %s', (key) => {
    expect(read('docs/operate/configure.md')).toMatch(new RegExp(`^\\|[^|]*\`${key}\``, 'm'));
  });

  it('says of each key what a change of it does, as recorded: npm run docs:record', () => {
    const told = KEY_CHANGES.map(({ key }) => key);
    expect(Object.keys(recorded).sort()).toEqual([...told].sort());
    const roots = told.map((key) => key.split('.')[0]);
    // Nothing that is deployed depends on where the state lies; an environment is a deployment of its own.
    const { backend: _, environment: __, ...keys } = assistantConfigSchema.shape;
    expect(Object.keys(keys).filter((key) => !roots.includes(key))).toEqual([]);
  });

  it('puts the costs before the first request into the README as they are added up', () => {
    const cost = shippedCost();
    const models = cost.regions.reduce((sum, { standing }) => sum + (standing.Bedrock ?? 0), 0);
    expect(read('README.md')).toContain(
      `about ${Math.round(standingUsd(cost))} USD a month, ${Math.round(models)} of which the canary's questions to the models`,
    );
  });
});

describe('the functions’ bundles', () => {
  it('hold packages of permissive licences alone', () => {
    const packages = bundledPackages();
    expect(packages.length).toBeGreaterThan(10);
    const allowed = ['0BSD', 'Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];
    expect(packages.filter(({ licence }) => !allowed.includes(licence))).toEqual([]);
  });
});

describe('the failover arithmetic', () => {
  it.each([
    [{ intervalSeconds: 10, failureThreshold: 3 } as const, 90, 4_147_200],
    [{ intervalSeconds: 30, failureThreshold: 3 } as const, 150, 1_382_400],
    [{ intervalSeconds: 10, failureThreshold: 1 } as const, 70, 4_147_200],
  ])('of %j', (timing, worstSecondsToMove, healthRequests) => {
    expect(failoverArithmetic(timing)).toMatchObject({ worstSecondsToMove, healthRequests });
  });

  it('marks the configured timing, also one that the table does not compare', () => {
    expect(failoverTable({ intervalSeconds: 30, failureThreshold: 7 })).toMatch(
      /30 s × 7 \*\*\(configured\)\*\* \| 270 s/,
    );
  });
});
