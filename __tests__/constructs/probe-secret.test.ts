import { App, Testing } from 'cdktf';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_SECRET } from '@assistant/emulator/run';
import { parseConfig } from '../../constructs/config/read-config';
import { RegionalStack } from '../../constructs/regional-stack';
import { LAPTOP_PROBE_SECRET } from '../../contract/probe';
import { describeWhere } from '../support/describe-where';
import { addressed, shippedConfig, type StackJson } from '../support/synthesize';
import { hasTerraform } from '../system/terraform-cli';

const folder = mkdtempSync(join(tmpdir(), 'assistant-probe-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const stackOf = (role: 'primary' | 'secondary') =>
  JSON.parse(
    Testing.synth(
      new RegionalStack(new App({ outdir: folder }), role, { config: parseConfig(shippedConfig()), role }),
    ),
  ) as StackJson & { readonly variable: object };

const SECRET = '4f1d2c9a7b6e8035d2c49f1a7e6b0853';

/** Every argument that holds the secret, by its address. */
const holders = (stack: StackJson) =>
  addressed(stack)
    .flatMap(([address, values]) =>
      Object.entries(values).map(([argument, value]) => [`${address}.${argument}`, value] as const),
    )
    .filter(
      ([argument, value]) =>
        !argument.endsWith('.lifecycle') && JSON.stringify(value).includes('var.probe_secret'),
    )
    .map(([argument]) => argument);

describe('the secret of what Route 53 asks', () => {
  it('stands where Terraform shows it nowhere: in no name, tag, trigger, path or output', () => {
    expect(holders(stackOf('primary'))).toEqual([
      'aws_apigatewayv2_api_mapping.assistant_probe_api_mapping.api_mapping_key',
      'aws_route53_health_check.assistant_failover_health_endpoint.resource_path',
      'aws_route53_health_check.assistant_failover_health_evacuation.resource_path',
    ]);
    expect(holders(stackOf('secondary'))).toEqual([
      'aws_apigatewayv2_api_mapping.assistant_probe_api_mapping.api_mapping_key',
      'aws_route53_health_check.assistant_failover_health_endpoint.resource_path',
    ]);
    expect(JSON.stringify(stackOf('primary').output)).not.toContain('probe_secret');
  });

  it('is, on a laptop, the one that a plan refuses', () => {
    expect(LOCAL_SECRET).toBe(LAPTOP_PROBE_SECRET);
  });

  it('leads to an API without any other address', () => {
    const apis = stackOf('primary').resource.aws_api_gateway_rest_api ?? {};
    expect(Object.keys(apis)).toEqual(['assistant_api', 'assistant_probe_api']);
    for (const api of Object.values(apis)) expect(api.disable_execute_api_endpoint).toBe(true);
  });
});

const suite = describeWhere(hasTerraform, 'the Terraform CLI');

suite('the secret, planned by Terraform itself', () => {
  /** Plans the variable with a resource that needs no provider and holds what the mapping and the checks hold. */
  function plan(secret: string | undefined): string {
    const { resource, variable } = stackOf('primary');
    const mapping = resource.aws_apigatewayv2_api_mapping?.assistant_probe_api_mapping;
    const check = resource.aws_route53_health_check?.assistant_failover_health_endpoint;
    const holder = { input: [mapping?.api_mapping_key, check?.resource_path], lifecycle: mapping?.lifecycle };
    const json = { variable, resource: { terraform_data: { holder } } };
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(json));
    const { TF_VAR_probe_secret: _, ...environment } = process.env;
    const run = (...words: string[]) =>
      spawnSync('terraform', [...words, '-no-color', '-input=false'], {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...environment,
          CHECKPOINT_DISABLE: '1',
          ...(secret !== undefined && { TF_VAR_probe_secret: secret }),
        },
      });
    run('init');
    const { stdout, stderr } = run('plan');
    return `${stdout}${stderr}`.replace(/[│\s]+/g, ' ');
  }

  it('is shown by no plan', () => {
    const shown = plan(SECRET);
    expect(shown).toContain('1 to add');
    expect(shown).toContain('(sensitive value)');
    expect(shown).not.toContain(SECRET);
  });

  it.each([
    ['missing', undefined, 'No value for required variable'],
    ['too short', SECRET.slice(1), 'The probe secret has 32 to 128 letters, digits'],
    ['no part of a path', `${SECRET}/`, 'The probe secret has 32 to 128 letters, digits'],
    ['the laptop’s', LAPTOP_PROBE_SECRET, 'the one of a run on a laptop, which everybody knows'],
  ])('is refused at the plan when it is %s', (_, secret, said) => {
    const shown = plan(secret);
    expect(shown).toContain(said);
    if (secret !== undefined && secret !== LAPTOP_PROBE_SECRET) expect(shown).not.toContain(secret);
  });
});
