import { WebAcl } from '../../../services/waf/web-acl';
import type { Resource } from '../../../stack/resource';

const STAGE = 'arn:aws:apigateway:us-east-1::/restapis/api/stages/v1';
const resource = (type: string, values: Resource['values']): Resource => ({
  address: `${type}.one`,
  type,
  name: 'one',
  values,
});

/** A web ACL of the stage with these rules. */
function open(
  rules: readonly object[],
  defaultAction: 'allow' | 'block' = 'allow',
  addresses: readonly string[] = [],
) {
  const lines: string[] = [];
  let now = 0;
  const acl = WebAcl.of(STAGE, {
    resources: [
      resource('aws_wafv2_web_acl', {
        arn: 'acl',
        default_action: [{ [defaultAction]: [{}] }],
        rule_json: JSON.stringify(rules),
      }),
      resource('aws_wafv2_ip_set', { arn: 'set', addresses }),
      resource('aws_wafv2_web_acl_association', { resource_arn: STAGE, web_acl_arn: 'acl' }),
    ],
    now: () => now,
    log: (line) => lines.push(line),
  });
  return {
    lines,
    ask: (sourceIp: string, times = 1) =>
      Array.from({ length: times }, () => acl.admits(sourceIp)).filter(Boolean).length,
    wait: (seconds: number) => {
      now += seconds * 1_000;
    },
  };
}

const rate = (Limit: number) => ({
  Name: 'rate',
  Priority: 1,
  Action: { Block: {} },
  Statement: { RateBasedStatement: { Limit, AggregateKeyType: 'IP', EvaluationWindowSec: 300 } },
});
const set = (Action: object, Priority = 0) => ({
  Name: 'set',
  Priority,
  Action,
  Statement: { IPSetReferenceStatement: { ARN: 'set' } },
});

describe('a web ACL', () => {
  it('blocks an address that was too fast within five minutes, after half a minute, and no other', () => {
    const { ask, wait } = open([rate(10)]);
    expect(ask('10.0.0.1', 50)).toBe(50);
    wait(30);
    expect([ask('10.0.0.1', 5), ask('10.0.0.2', 5)]).toEqual([0, 5]);
    wait(301);
    expect(ask('10.0.0.1')).toBe(1);
  });

  it('goes on blocking one that does not give up', () => {
    const { ask, wait } = open([rate(10)]);
    ask('10.0.0.1', 11);
    for (let minute = 0; minute < 20; minute += 1) {
      wait(60);
      ask('10.0.0.1', 11);
    }
    expect(ask('10.0.0.1')).toBe(0);
  });

  it('knows addresses by their ranges, before its default action', () => {
    const { ask } = open([set({ Allow: {} })], 'block', ['10.1.0.0/16']);
    expect([ask('10.1.2.3'), ask('::ffff:10.1.2.3'), ask('10.2.0.0')]).toEqual([1, 1, 0]);
  });

  it('goes by its rules in the order of their priority, and by none that counts alone', () => {
    const { ask } = open([set({ Allow: {} }, 2), set({ Block: {} }, 1), set({ Count: {} }, 0)], 'allow', [
      '10.1.0.0/16',
    ]);
    expect(ask('10.1.2.3')).toBe(0);
  });

  it('says which managed rules it does not have', () => {
    const group = { ManagedRuleGroupStatement: { Name: 'AWSManagedRulesCommonRuleSet', VendorName: 'AWS' } };
    const { ask, lines } = open([
      { Name: 'common', Priority: 0, OverrideAction: { None: {} }, Statement: group },
    ]);
    expect(ask('10.0.0.1')).toBe(1);
    expect(lines).toEqual([expect.stringContaining('AWSManagedRulesCommonRuleSet are not emulated')]);
  });

  it.each([
    ['another statement', { ...rate(10), Statement: { GeoMatchStatement: {} } }],
    ['a limit below the least', rate(9)],
    ['no action', { ...rate(10), Action: undefined }],
  ])('is refused with %s', (_, rule) => {
    expect(() => open([rule])).toThrow('rule_json');
  });

  it('lets all pass where the resource has none', () => {
    expect(WebAcl.of(STAGE, { resources: [], now: () => 0, log: () => undefined }).admits('10.0.0.1')).toBe(
      true,
    );
  });
});
