import { BlockList } from 'node:net';
import * as z from 'zod/mini';
import { UnsupportedError, type Resource } from '../../stack/resource';
import { json, optionalBlock, text, texts, type Addressed } from '../../stack/values';

/** How far a rate-based rule looks back unless it says otherwise, and how far it may, in seconds. */
const WINDOW = { usual: 300, allowed: [60, 120, 300, 600] };
const LEAST_LIMIT = 10;

/**
 * Seconds between two looks at who is too fast. AWS looks "frequently", and says that it usually takes less than 30 s to
 * see that somebody has become too fast, or slow again: here it takes as long as that at the most, and nobody is blocked
 * before. https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-caveats.html
 */
const LOOK_SECONDS = 30;

const action = z.union([
  z.strictObject({ Allow: z.strictObject({}) }),
  z.strictObject({ Block: z.strictObject({}) }),
  z.strictObject({ Count: z.strictObject({}) }),
]);

/** `rule_json`, as far as it is emulated; of managed rules, none refuses anything. */
const ruleSchema = z.array(
  z.object({
    Name: z.string(),
    Priority: z.int(),
    Action: z.optional(action),
    OverrideAction: z.optional(z.unknown()),
    Statement: z.union([
      z.strictObject({
        RateBasedStatement: z.strictObject({
          Limit: z.int().check(z.minimum(LEAST_LIMIT)),
          AggregateKeyType: z.literal('IP'),
          EvaluationWindowSec: z.optional(z.literal(WINDOW.allowed)),
        }),
      }),
      z.strictObject({ IPSetReferenceStatement: z.strictObject({ ARN: z.string() }) }),
      z.strictObject({ ManagedRuleGroupStatement: z.looseObject({ Name: z.string() }) }),
    ]),
  }),
);

type Verdict = 'allow' | 'block';
type Matches = (sourceIp: string) => boolean;

interface Rule {
  readonly verdict: Verdict;
  readonly matches: Matches;
}

interface WebAclOptions {
  /** All resources of one stack. */
  readonly resources: readonly Resource[];
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/**
 * What AWS WAF says of requests to a resource, before anything else looks at them: the first rule that matches and does
 * not count alone decides.
 */
export class WebAcl {
  private constructor(
    private readonly rules: readonly Rule[],
    private readonly otherwise: Verdict,
  ) {}

  /**
   * @returns the web ACL that is associated with the resource of that ARN; one that lets all pass where there is none
   * @throws UnsupportedError for what is not emulated
   */
  static of(resourceArn: string, { resources, now, log }: WebAclOptions): WebAcl {
    const ofType = (type: string) => resources.filter((resource) => resource.type === type);
    const association = ofType('aws_wafv2_web_acl_association').find(
      (each) => text(each, 'resource_arn') === resourceArn,
    );
    if (association === undefined) return new WebAcl([], 'allow');
    const acl = ofType('aws_wafv2_web_acl').find(
      ({ values }) => values.arn === association.values.web_acl_arn,
    );
    if (acl === undefined) throw new UnsupportedError(association.address, 'its web ACL is not in the stack');
    const matchers = (arn: string): Matches => {
      const set = ofType('aws_wafv2_ip_set').find(({ values }) => values.arn === arn);
      if (set === undefined)
        throw new UnsupportedError(`${acl.address}.rule_json`, `there is no IP set ${arn}`);
      return inAddresses(set);
    };
    const parsed = z.safeParse(ruleSchema, json(acl, 'rule_json'));
    if (!parsed.success) {
      throw new UnsupportedError(
        `${acl.address}.rule_json`,
        `is not emulated: ${z.prettifyError(parsed.error)}`,
      );
    }
    const rules = [...parsed.data]
      .sort((one, other) => one.Priority - other.Priority)
      .flatMap(({ Name: name, Action, Statement: statement }): Rule[] => {
        if ('ManagedRuleGroupStatement' in statement) {
          const group = statement.ManagedRuleGroupStatement.Name;
          log(`The rules of ${group} are not emulated: what they would refuse passes.`);
          return [];
        }
        if (Action === undefined)
          throw new UnsupportedError(`${acl.address}.rule_json`, `${name} has no action`);
        if ('Count' in Action) return [];
        const matches =
          'RateBasedStatement' in statement
            ? tooFast({
                limit: statement.RateBasedStatement.Limit,
                windowSeconds: statement.RateBasedStatement.EvaluationWindowSec ?? WINDOW.usual,
                now,
              })
            : matchers(statement.IPSetReferenceStatement.ARN);
        return [{ verdict: 'Block' in Action ? 'block' : 'allow', matches }];
      });
    return new WebAcl(rules, defaultOf(acl));
  }

  admits(sourceIp: string): boolean {
    return (this.rules.find(({ matches }) => matches(sourceIp))?.verdict ?? this.otherwise) === 'allow';
  }
}

function defaultOf(acl: Resource): Verdict {
  const fallback: Addressed | undefined = optionalBlock(acl, 'default_action');
  return fallback && optionalBlock(fallback, 'block') ? 'block' : 'allow';
}

function inAddresses(set: Resource): Matches {
  const list = new BlockList();
  for (const range of texts(set, 'addresses')) {
    const [address = '', prefix = ''] = range.split('/');
    list.addSubnet(address, Number(prefix), 'ipv4');
  }
  return (sourceIp) => list.check(sourceIp.replace(/^::ffff:/, ''), 'ipv4');
}

interface RateRule {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly now: () => number;
}

/** Counts what it blocks, too. */
function tooFast({ limit, windowSeconds, now }: RateRule): Matches {
  const requests = new Map<string, number[]>();
  let blocked: ReadonlySet<string> = new Set();
  let lookedAt = now();
  const look = () => {
    lookedAt = now();
    for (const [sourceIp, times] of requests) {
      const recent = times.filter((time) => lookedAt - time < windowSeconds * 1_000);
      if (recent.length === 0) requests.delete(sourceIp);
      else requests.set(sourceIp, recent);
    }
    blocked = new Set(
      [...requests].filter(([, times]) => times.length > limit).map(([sourceIp]) => sourceIp),
    );
  };
  return (sourceIp) => {
    if (now() - lookedAt >= LOOK_SECONDS * 1_000) look();
    const times = requests.get(sourceIp);
    if (times === undefined) requests.set(sourceIp, [now()]);
    else times.push(now());
    return blocked.has(sourceIp);
  };
}
