import { App, Testing } from 'cdktf';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig, Role } from '../../constructs/config/assistant-config';
import { parseConfig } from '../../constructs/config/read-config';
import { RegionalStack } from '../../constructs/regional-stack';
import { shippedConfig, type StackJson } from '../support/synthesize';

const folder = mkdtempSync(join(tmpdir(), 'assistant-firewall-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function resourcesOf(overrides: Partial<AssistantConfig>, role: Role = 'primary'): StackJson['resource'] {
  const config = parseConfig({ ...shippedConfig(), ...overrides });
  const stack = new RegionalStack(new App({ outdir: folder }), role, { config, role });
  return (JSON.parse(Testing.synth(stack)) as StackJson).resource;
}

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: object;
  readonly Statement: Readonly<Record<string, unknown>>;
  readonly VisibilityConfig: { readonly SampledRequestsEnabled: boolean };
}

const aclsOf = (managedRules: boolean) =>
  Object.entries(
    resourcesOf({ waf: { requestsIn5Minutes: 2_000, managedRules } }).aws_wafv2_web_acl ?? {},
  ).map(([name, { default_action: action, rule_json: json }]) => ({
    name,
    action: Object.keys(action as object).join(),
    rules: JSON.parse(json as string) as readonly Rule[],
  }));

describe('the firewall', () => {
  it('is not there unless it is configured', () => {
    expect(Object.keys(resourcesOf({})).filter((type) => type.startsWith('aws_wafv2_'))).toEqual([]);
  });

  it('lets callers in but those who are too fast, and to the probes nobody but health checkers', () => {
    const acls = aclsOf(false).map(({ name, action, rules }) => [
      name,
      action,
      rules.map((rule) => [rule.Name, Object.keys(rule.Action ?? {}).join()]),
    ]);
    expect(acls).toEqual([
      ['assistant_api_firewall', 'allow', [['rate-by-address', 'Block']]],
      ['assistant_probe_api_firewall', 'block', [['health-checkers', 'Allow']]],
    ]);
  });

  it.each([
    ['AWSManagedRulesCommonRuleSet', 'SizeRestrictions_BODY'],
    ['AWSManagedRulesKnownBadInputsRuleSet', 'Log4JRCE_BODY'],
  ])('takes no question for an attack by its length or its text: %s', (group, ruleOfBodies) => {
    const [{ rules } = { rules: [] }] = aclsOf(true);
    const statement = rules.find(({ Name }) => Name === group)?.Statement;
    const { RuleActionOverrides: overrides } = statement?.ManagedRuleGroupStatement as {
      RuleActionOverrides: readonly { Name: string; ActionToUse: object }[];
    };
    expect(overrides.map(({ Name }) => Name)).toContain(ruleOfBodies);
    expect(new Set(overrides.map(({ ActionToUse }) => JSON.stringify(ActionToUse)))).toEqual(
      new Set(['{"Count":{}}']),
    );
  });

  it('keeps no samples of requests, whose headers hold keys', () => {
    const visible = aclsOf(true).flatMap(({ rules }) =>
      rules.map(({ VisibilityConfig }) => VisibilityConfig),
    );
    expect(visible.length).toBeGreaterThan(3);
    expect(visible.filter(({ SampledRequestsEnabled }) => SampledRequestsEnabled)).toEqual([]);
  });
});

describe('the budget of what is spent', () => {
  const spend = {
    monthlyUsd: 500,
    emails: ['a@company.com'],
    topic: 'arn:aws:sns:us-east-1:123456789012:money',
  };

  it('is there once, in the primary’s stack, where it is configured', () => {
    expect(resourcesOf({}).aws_budgets_budget).toBeUndefined();
    expect(resourcesOf({ spend }, 'secondary').aws_budgets_budget).toBeUndefined();
    expect(resourcesOf({ spend }).aws_budgets_budget?.assistant_spend).toMatchObject({
      limit_amount: '500',
      cost_types: { include_credit: false, include_refund: false },
    });
  });

  it('tells all whom it was told of, before and after the limit', () => {
    const { notification } = resourcesOf({ spend }).aws_budgets_budget?.assistant_spend ?? {};
    const told = notification as readonly Record<string, unknown>[];
    expect(told.map(({ threshold, notification_type: of }) => [threshold, of])).toEqual([
      [80, 'ACTUAL'],
      [100, 'ACTUAL'],
      [100, 'FORECASTED'],
    ]);
    for (const each of told) {
      expect(each.subscriber_email_addresses).toEqual(spend.emails);
      expect(each.subscriber_sns_topic_arns).toEqual([spend.topic]);
    }
  });
});
