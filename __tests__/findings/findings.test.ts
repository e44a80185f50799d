import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWhere } from '../support/describe-where';
import { EVERYTHING } from '../support/everything';
import { addressed, synthesize, type ResourceJson, type StackName } from '../support/synthesize';
import { planJson } from './plan-json';

const STACKS: readonly StackName[] = ['primary', 'secondary', 'conversations', 'mlops'];

/** Where checkov is, which is Python's: CI installs it, and says so, so that there nothing is skipped. */
const CHECKOV = process.env.CHECKOV ?? 'checkov';
const isThere = process.env.CHECKOV !== undefined || spawnSync(CHECKOV, ['--version']).status === 0;

interface Report {
  readonly results: {
    readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[];
  };
  readonly summary: { readonly passed: number };
}

const folder = mkdtempSync(join(tmpdir(), 'findings-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each([
  ['as shipped', {}, STACKS],
  // The mlops stack has the boundary of it, and nothing else.
  ['with all that can be had', EVERYTHING, ['primary', 'secondary']],
] as const)('%s,', (_, overrides, stacks) => {
  const app = synthesize(overrides);
  afterAll(() => {
    app.remove();
  });

  /** Ids of checks with the reason why each finding is kept, by the resource's address. */
  const accepted = (name: StackName) =>
    addressed(app.stack(name)).flatMap(([address, values]) => {
      const { accepted: reasons = {} } = (values['//'] ?? {}) as { accepted?: ResourceJson };
      return Object.entries(reasons).map(([check, reason]) => ({ finding: `${check} ${address}`, reason }));
    });

  it.each(stacks)('findings of a scanner in %s that are kept have a reason each', (name) => {
    expect(accepted(name).length).toBeGreaterThan(0);
    for (const { reason } of accepted(name)) expect(reason).toMatch(/^.{20,}$/);
  });

  describeWhere(isThere, 'checkov')('findings of a scanner', () => {
    it.each(stacks)('in %s are mended, or kept with a reason; and no reason is of what is mended', (name) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(planJson(app.directory, name)));
      const { results, summary } = scan(file);
      expect(summary.passed).toBeGreaterThan(name === 'conversations' ? 0 : 20);
      const found = results.failed_checks.map(({ check_id: id, resource }) => `${id} ${resource}`);
      expect(found.sort()).toEqual(
        accepted(name)
          .map(({ finding }) => finding)
          .sort(),
      );
    });
  });
});

function scan(file: string): Report {
  const options = [
    ...['--framework', 'terraform_plan', '--output', 'json'],
    ...['--compact', '--soft-fail', '--quiet', '--skip-download'],
  ];
  const output = execFileSync(CHECKOV, ['--file', file, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output) as Report;
}
