import { App, Testing } from 'cdktf';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { parseConfig } from '../../constructs/config/read-config';
import { RegionalStack } from '../../constructs/regional-stack';
import { hasTerraform } from '../system/terraform-cli';
import { describeWhere } from '../support/describe-where';
import { shippedConfig, type StackJson } from '../support/synthesize';

const outdir = mkdtempSync(join(tmpdir(), 'assistant-stacks-'));
afterAll(() => {
  rmSync(outdir, { recursive: true, force: true });
});

function stackOf(domain: AssistantConfig['domain']): StackJson {
  const config = parseConfig({ ...shippedConfig(), domain });
  const stack = new RegionalStack(new App({ outdir }), 'primary', { config, role: 'primary' });
  return JSON.parse(Testing.synth(stack)) as StackJson;
}

it.each([
  ['assistant.example.com', true],
  ['example.org', true],
  ['assistant.test', true],
  ['assistant.company.com', false],
  ['myexample.com', false],
  ['example.com.company.net', false],
])('a certificate for %s has a precondition that fails: %s', (failover, refused) => {
  const certificate = stackOf({ ...shippedConfig().domain, failover }).resource.aws_acm_certificate
    ?.assistant_failover_domain_certificate;
  expect(certificate?.lifecycle).toEqual(
    refused
      ? { create_before_destroy: true, precondition: [expect.anything()] }
      : { create_before_destroy: true },
  );
});

const suite = describeWhere(hasTerraform, 'the Terraform CLI');

suite('a certificate’s lifecycle, planned by Terraform itself', () => {
  /** Puts the certificate's lifecycle on a resource that needs no provider, and plans it. */
  function plan(domain: AssistantConfig['domain']): string {
    const certificate = stackOf(domain).resource.aws_acm_certificate?.assistant_failover_domain_certificate;
    return planned({ resource: { terraform_data: { certificate: { lifecycle: certificate?.lifecycle } } } });
  }

  function planned(json: object): string {
    const folder = mkdtempSync(join(tmpdir(), 'assistant-plan-'));
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(json));
    const run = (...words: string[]) =>
      execFileSync('terraform', words, {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, CHECKPOINT_DISABLE: '1' },
      });
    try {
      run('init', '-no-color');
      return run('plan', '-no-color');
    } catch (error) {
      return (error as { stderr: string }).stderr.replace(/[│\s]+/g, ' ');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it('refuses the placeholder domain at the plan, and says what to set', () => {
    expect(plan(shippedConfig().domain)).toMatch(
      /Resource precondition failed.*assistant\.example\.com is a placeholder that nobody can own.*Set context\.assistant\.domain in cdktf\.json/,
    );
  });

  it('lets a real domain through', () => {
    const domain = {
      failover: 'assistant.company.com',
      primary: 'east.assistant.company.com',
      secondary: 'west.assistant.company.com',
      hostedZoneId: 'Z0123456789ABC',
    };
    expect(plan(domain)).toContain('1 to add');
  });

  it.each([
    ['company.com', false, true],
    ['assistant.company.com.', false, true],
    ['pany.com', false, false],
    ['company.net', false, false],
    ['company.com', true, false],
  ])('takes names in the zone %s (private: %s): %s', (name, isPrivate, taken) => {
    const domain = {
      failover: 'assistant.company.com',
      primary: 'east.assistant.company.com',
      secondary: 'west.assistant.company.com',
      hostedZoneId: 'Z0123456789ABC',
    };
    const zone = stackOf(domain).data?.aws_route53_zone?.assistant_failover_zone;
    // What the data source would have found, as a value: it needs no provider then.
    const lifecycle = JSON.stringify(zone?.lifecycle)
      .replaceAll('self.', 'local.zone.')
      .replace('"postcondition"', '"precondition"');
    const output = planned({
      locals: { zone: { name, private_zone: isPrivate } },
      resource: { terraform_data: { zone: { lifecycle: JSON.parse(lifecycle) as object } } },
    });
    expect(output).toMatch(
      taken ? /1 to add/ : /hosted zone Z0123456789ABC is .*public one with the names \[east\.assistant/,
    );
  });
});
