import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { failoverArithmetic } from '../../docs/generate/failover-arithmetic';
import { failoverTable, reactionsTable, stopReasonsTable } from '../../docs/generate/readme-tables';
import { ROOT, shippedConfig } from '../support/synthesize';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Markdown without the padding that Prettier gives its tables. */
const unpadded = (markdown: string) => markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

describe('README and help', () => {
  it.each([reactionsTable(), stopReasonsTable(), failoverTable(shippedConfig().healthCheck)])(
    'print the tables that the code has',
    (table) => {
      expect(unpadded(read('README.md'))).toContain(unpadded(table));
    },
  );

  it.each(['README.md', 'help'])('%s names only scripts that exist', (file) => {
    const named = [...read(file).matchAll(/npm run ([a-z:-]+)/g)].map(([, script]) => script);
    expect(named.length).toBeGreaterThan(0);
    for (const script of named) expect(Object.keys(packageJson.scripts)).toContain(script);
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

  it('marks the configured timing, also one that README does not compare', () => {
    expect(failoverTable({ intervalSeconds: 30, failureThreshold: 7 })).toMatch(
      /30 s × 7 \*\*\(configured\)\*\* \| 270 s/,
    );
  });
});
