import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import ledger from '../../../contract/state-addresses.json';
import { describeWhere } from '../../../__tests__/support/describe-where';
import { hasTerraform } from '../../../__tests__/system/terraform-cli';
import { compareStates, unlikeShipped } from '../../state-check/compare-states';
import { assistant } from '../assistant';

const ALONE = Object.entries(ledger.onlyPrimary);
const PRIMARY = [...ledger.regional, ...ALONE.map(([address]) => address)];

describe('two regions’ states', () => {
  it('as shipped differ in nothing but what the ledger has a reason for', () => {
    expect(compareStates(PRIMARY, ledger.regional)).toEqual(
      ALONE.map(([address, why]) => ({ address, onlyIn: 'primary', why })),
    );
    expect(unlikeShipped(PRIMARY, ledger.regional)).toEqual({ more: [], less: [] });
  });

  it('are told apart address by address, with a reason for nothing but what may be in the primary alone', () => {
    const state = fc.subarray(PRIMARY);
    fc.assert(
      fc.property(state, state, (primary, secondary) => {
        const differences = compareStates(primary, secondary);
        expect(differences.map(({ address }) => address).sort()).toEqual(
          PRIMARY.filter(
            (each) =>
              primary.includes(each) !== secondary.includes(each) ||
              (each.startsWith('aws_route53_') && each in ledger.onlyPrimary && !primary.includes(each)),
          ).sort(),
        );
        for (const { address, onlyIn, why } of differences) {
          expect([onlyIn !== 'secondary' && onlyIn !== 'neither', onlyIn === 'secondary']).toEqual([
            primary.includes(address),
            secondary.includes(address),
          ]);
          expect(why !== undefined).toBe(onlyIn === 'primary' && address in ledger.onlyPrimary);
        }
      }),
    );
  });

  it('are held against the app as shipped', () => {
    const without = PRIMARY.filter((address) => address !== 'aws_sfn_state_machine.assistant_workflow');
    expect(unlikeShipped([...without, 'aws_sqs_queue.old', 'data.aws_region.here'], [])).toEqual({
      more: ['aws_sqs_queue.old'],
      less: ['aws_sfn_state_machine.assistant_workflow'],
    });
  });
});

describeWhere(hasTerraform, 'Terraform')('state-check', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'states '));
  });

  /** A state as Terraform keeps it beside a stack without a backend. */
  function keep(stack: string, names: readonly string[], checks = ALONE.map(([address]) => address)): void {
    const addresses = [
      ...names.map((name) => `aws_sqs_queue.${name}`),
      ...(stack === 'primary' ? checks : []),
    ];
    const resources = addresses.map((address) => ({
      mode: 'managed',
      type: address.split('.')[0],
      name: address.split('.')[1],
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ schema_version: 0, attributes: { id: address } }],
    }));
    const cwd = join(folder, 'cdktf.out', 'stacks', stack);
    mkdirSync(cwd, { recursive: true });
    const state = {
      version: 4,
      terraform_version: '1.10.0',
      serial: 1,
      lineage: 'test',
      outputs: {},
      resources,
    };
    writeFileSync(join(cwd, 'terraform.tfstate'), JSON.stringify(state));
  }

  it('reads the states by Terraform, and its exit code tells that they differ', async () => {
    keep('primary', ['questions', 'answers']);
    keep('secondary', ['questions']);
    const { code, output } = await assistant(0, 'state-check', '--in', folder);
    expect(output).toContain(`primary: ${ALONE.length + 2} addresses; secondary: 1.`);
    expect(output).toContain('nobody knows why:\n  aws_sqs_queue.answers: only in the primary\n');
    expect(code).toBe(4);
  });

  it('misses a check by which the primary fails over', async () => {
    const missing = 'aws_route53_health_check.assistant_failover_health_models';
    const others = ALONE.map(([address]) => address).filter((address) => address !== missing);
    keep('primary', ['questions'], others);
    keep('secondary', ['questions']);
    const { code, output } = await assistant(0, 'state-check', '--in', folder);
    expect(output).toContain(`nobody knows why:\n  ${missing}: missing, and failover goes by it\n`);
    expect(code).toBe(4);
  });

  it('is content with two that are the same', async () => {
    keep('primary', ['questions']);
    keep('secondary', ['questions']);
    expect((await assistant(0, 'state-check', '--in', folder)).code).toBe(0);
  });

  it('has nothing to compare where one region is not deployed', async () => {
    keep('primary', ['questions']);
    keep('secondary', []);
    const { code, output } = await assistant(0, 'state-check', '--in', folder);
    expect(code).toBe(4);
    expect(output).toContain('has nothing to compare');
    expect(output).not.toContain('questions');
  });

  it('says what to do where there is no state', async () => {
    expect(await assistant(0, 'state-check', '--in', folder)).toEqual({
      code: 1,
      output: expect.stringContaining('npx cdktf synth') as string,
    });
    mkdirSync(join(folder, 'cdktf.out', 'stacks', 'primary'), { recursive: true });
    expect(await assistant(0, 'state-check', '--in', folder)).toEqual({
      code: 1,
      output: expect.stringContaining('terraform init') as string,
    });
  });
});
