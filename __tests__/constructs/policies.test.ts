import { createAuthorizer, readStack } from '@assistant/emulator/run';
import { EVERYTHING } from '../support/everything';
import { addressed, shippedConfig, synthesize, type StackJson, type StackName } from '../support/synthesize';

const STACKS: readonly StackName[] = ['primary', 'secondary', 'mlops'];

const shipped = synthesize();
const everything = synthesize(EVERYTHING);
afterAll(() => {
  shipped.remove();
  everything.remove();
});

const VARIANTS = STACKS.flatMap((name) => [
  [`${name} as shipped`, shipped.stack(name)] as const,
  [`${name} with everything`, everything.stack(name)] as const,
]);

interface StatementJson {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every statement of every policy of a stack, whichever resource holds it, with that resource's address. */
const statements = (stack: StackJson) =>
  addressed(stack).flatMap(([address, { policy, assume_role_policy: trust }]) =>
    [policy, trust]
      .filter((document) => typeof document === 'string' && document.startsWith('{'))
      .flatMap((document) => (JSON.parse(document as string) as { Statement: StatementJson[] }).Statement)
      .map((statement) => [address, statement] as const),
  );

const list = (value: string | readonly string[] = []) => [value].flat();

/** What allows more than one resource of one kind by its name, and why nothing narrower is to be had. */
const ALL_RESOURCES: Readonly<Record<string, string>> = {
  LogDeliveryActionsTakeNoResource: 'log delivery is configured by actions that name no resource',
  PutMetricDataTakesNoResource: 'the action names no resource; a condition names the namespace',
  TracesTakeNoResource: 'X-Ray’s actions name no resource',
  AccountRoleWritesAnyLog: 'API Gateway refuses an account role that may not write to all log groups',
};

describe.each(VARIANTS)('the policies of %s', (_, stack) => {
  const all = statements(stack);
  const allowing = all.filter(([, { Effect }]) => Effect === 'Allow');

  it('are looked at, each of them', () => {
    const roles = Object.keys(stack.resource.aws_iam_role ?? {});
    expect(roles.length).toBeGreaterThan(0);
    expect(Object.keys(stack.resource.aws_iam_role_policy ?? {})).toHaveLength(roles.length);
    expect(all.length).toBeGreaterThanOrEqual(2 * roles.length);
    expect(
      Object.keys(stack.resource).filter((type) => /policy_attachment|iam_policy|_iam_user/.test(type)),
    ).toEqual([]);
  });

  it('allow actions by their names, but for the account in its own key’s policy', () => {
    const starred = allowing.filter(([, { Action }]) => list(Action).some((action) => action.includes('*')));
    expect(starred.map(([address, { Principal }]) => [address, Principal])).toEqual(
      stack.resource.aws_kms_key === undefined
        ? []
        : [['aws_kms_key.training_key', { AWS: expect.stringMatching(/^arn:aws:iam::.*:root$/) as string }]],
    );
  });

  it('allow all resources only where AWS offers nothing narrower', () => {
    const bare = allowing.filter(
      ([address, { Resource }]) => list(Resource).includes('*') && address !== 'aws_kms_key.training_key',
    );
    expect(bare.filter(([, { Sid = '' }]) => ALL_RESOURCES[Sid] === undefined)).toEqual([]);
  });

  it('let services act for this account alone', () => {
    const trusts = all.filter(([, { Action }]) => list(Action).includes('sts:AssumeRole'));
    expect(trusts.length).toBeGreaterThan(0);
    for (const [address, { Principal, Condition = {} }] of trusts) {
      const service = (Principal as Record<string, string>).Service ?? '';
      const operator = /^(apigateway|appconfig)\./.test(service) ? 'StringEqualsIfExists' : 'StringEquals';
      expect([address, Principal, Condition[operator]?.['aws:SourceAccount']]).toEqual([
        address,
        { Service: expect.stringMatching(/^[a-z]+\.amazonaws\.com$/) as string },
        expect.stringMatching(/^\$\{data\.aws_caller_identity\.\w*account\.account_id\}$/),
      ]);
    }
  });

  it('open nothing to everybody', () => {
    expect(allowing.filter(([, { Principal }]) => Principal === '*')).toEqual([]);
  });
});

it.each([shipped, everything])('the stack of conversations has no policy, and no role', ({ stack }) => {
  expect(statements(stack('conversations'))).toEqual([]);
  expect(Object.keys(stack('conversations').resource)).toEqual(['aws_dynamodb_table']);
});

it.each(STACKS)('the emulator takes %s with everything', (name) => {
  expect(() => createAuthorizer(readStack(everything.directory, name))).not.toThrow();
});

describe('a permissions boundary', () => {
  it.each(STACKS)('is around every role of %s where it is configured, and none as shipped', (name) => {
    const boundaries = ({ resource }: StackJson) =>
      Object.values(resource.aws_iam_role ?? {}).map(({ permissions_boundary: boundary }) => boundary);
    expect(new Set(boundaries(everything.stack(name)))).toEqual(new Set([EVERYTHING.permissionsBoundary]));
    expect(new Set(boundaries(shipped.stack(name)))).toEqual(new Set([undefined]));
  });
});

it.each(VARIANTS)('what takes a role in %s waits for its permissions', (_, stack) => {
  const roleOf = (text: string) =>
    [...text.matchAll(/aws_iam_role\.(\w+)\.(?:arn|name)\}/g)].map(([, role]) => role);
  const policies = Object.entries(stack.resource.aws_iam_role_policy ?? {}).map(
    ([name, { role }]) => [`aws_iam_role_policy.${name}`, roleOf(role as string)[0]] as const,
  );
  const hasty = addressed(stack).flatMap(([address, resource]) => {
    // What a key's policy allows a role, the role's own permissions build upon.
    if (/^aws_(iam_role_policy|kms_key)\./.test(address)) return [];
    const taken = new Set(roleOf(JSON.stringify(resource)));
    const { depends_on: awaited = [] } = resource as { depends_on?: string[] };
    return policies
      .filter(([policy, role]) => taken.has(role) && !awaited.includes(policy))
      .map(([policy]) => `${address} does not wait for ${policy}`);
  });
  expect(hasty).toEqual([]);
});

it('every reason for all resources is needed', () => {
  const sids = VARIANTS.flatMap(([, stack]) => statements(stack)).map(([, { Sid }]) => Sid);
  expect(Object.keys(ALL_RESOURCES).filter((sid) => !sids.includes(sid))).toEqual([]);
  expect(shippedConfig().permissionsBoundary).toBeUndefined();
});
