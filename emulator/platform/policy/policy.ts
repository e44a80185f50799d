import * as z from 'zod/mini';
import { UnsupportedError } from '../../stack/resource';
import { type Addressed, json } from '../../stack/values';

const oneOrMany = (pattern: RegExp) => {
  const item = z.string().check(z.regex(pattern));
  return z.pipe(
    z.union([item, z.array(item).check(z.minLength(1))]),
    z.transform((value) => [value].flat()),
  );
};
const conditionValues = z.pipe(
  z.union([z.string(), z.boolean(), z.array(z.union([z.string(), z.boolean()])).check(z.minLength(1))]),
  z.transform((value) => [value].flat().map(String)),
);

const actions = oneOrMany(/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/);

/** Elements that are not here (NotResource, NotPrincipal; NotAction but in a boundary) are not emulated, and refused. */
const common = {
  Sid: z.optional(z.string().check(z.regex(/^[A-Za-z0-9]*$/))),
  Effect: z.enum(['Allow', 'Deny']),
  Action: actions,
  Condition: z.optional(z.record(z.string(), z.record(z.string(), conditionValues))),
};

const documentOf = <T extends z.ZodMiniType>(statement: T) =>
  z.strictObject({
    Version: z.literal('2012-10-17'),
    Id: z.optional(z.string()),
    Statement: z.pipe(
      z.union([statement, z.array(statement).check(z.minLength(1))]),
      z.transform((value) => [value].flat() as z.output<T>[]),
    ),
  });

/** The elements that statements of every kind of policy have. */
interface StatementElements {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[] | undefined;
  /** In place of `Action`: all but these. */
  readonly NotAction?: readonly string[] | undefined;
  readonly Condition?: ConditionBlock | undefined;
}

/** What a role may do: `policy` of an inline role policy. */
export const identityPolicySchema = documentOf(
  z.strictObject({ ...common, Resource: oneOrMany(/^(\*|arn:.*)$/) }),
);
/** What limits a role: a permissions boundary, or what an organization's policy says in the same words. */
export const boundaryPolicySchema = documentOf(
  z
    .strictObject({
      ...common,
      ...{ Action: z.optional(actions), NotAction: z.optional(actions) },
      Resource: oneOrMany(/^(\*|arn:.*)$/),
    })
    .check(
      z.refine(
        ({ Action, NotAction }) => (Action === undefined) !== (NotAction === undefined),
        'Action or NotAction',
      ),
    ),
);
/** Who may take the role: `assume_role_policy`. Services only: nobody else exists in a local run. */
export const trustPolicySchema = documentOf(
  z.strictObject({
    ...common,
    Principal: z.strictObject({ Service: oneOrMany(/^[a-z0-9.-]+\.amazonaws\.com$/) }),
  }),
);

/**
 * Reads a policy from a resource's argument.
 * @param maximum characters that IAM allows, white space not counted:
 *   https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * @throws UnsupportedError for elements and variables that are not emulated, and for what IAM would refuse
 */
export function readPolicy<T extends z.ZodMiniType>(
  of: Addressed,
  argument: string,
  schema: T,
  maximum: number,
): { document: z.output<T>; size: number } {
  const where = `${of.address}.${argument}`;
  const raw = json(of, argument);
  const size = sizeOf(of.values[argument]);
  if (size > maximum) {
    throw new UnsupportedError(where, `${size} characters, of which IAM allows ${maximum}`);
  }
  if (JSON.stringify(raw).includes('${')) {
    throw new UnsupportedError(where, 'policy variables (${...}) are not emulated');
  }
  const parsed = z.safeParse(schema, raw);
  if (parsed.success) return { document: parsed.data, size };
  const [issue] = parsed.error.issues;
  throw new UnsupportedError([where, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'not a policy');
}

const sizeOf = (policy: unknown): number => String(policy).replace(/\s/g, '').length;

/** A statement of a policy, ready to be asked. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** @param target what the action acts on: a resource's ARN, or the service that wants to take the role */
  readonly applies: (action: string, target: string, context: RequestContext) => boolean;
}

/**
 * @param targets patterns of which one must match
 * @param where the statement's address, for errors
 */
export function compileStatement(
  { Effect, Action, NotAction = [], Condition }: StatementElements,
  targets: readonly RegExp[],
  where: string,
): Statement {
  const actions = (Action ?? NotAction).map((action) => wildcard(action, 'i'));
  const condition = compileCondition(Condition ?? {}, where);
  return {
    effect: Effect,
    applies: (action, target, context) =>
      actions.some((pattern) => pattern.test(action)) === (Action !== undefined) &&
      targets.some((pattern) => pattern.test(target)) &&
      condition(context),
  };
}

export type Verdict = 'allowed' | 'explicitly denied' | 'not allowed';

/**
 * A deny beats every allow, and nothing is allowed unless a statement says so:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(
  statements: readonly Statement[],
  ...[action, target, context]: Parameters<Statement['applies']>
): Verdict {
  const applying = statements.filter(({ applies }) => applies(action, target, context));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'explicitly denied';
  return applying.length > 0 ? 'allowed' : 'not allowed';
}

/** What a call brings along, e.g. `{ 'aws:SourceAccount': '123456789012' }`. */
export type RequestContext = Readonly<Record<string, string>>;
/** Operator -> condition key -> values, as in a policy document. */
type ConditionBlock = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
type Condition = (context: RequestContext) => boolean;

/** expected, found: whether one value of the policy is met by the request's. */
const OPERATORS: Readonly<Record<string, (expected: string, found: string) => boolean>> = {
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: (expected, found) => expected.toLowerCase() === found.toLowerCase(),
  StringEquals: (expected, found) => expected === found,
  StringLike: (expected, found) => wildcard(expected).test(found),
};

/**
 * All operators and all keys must be met, each by any of its values; a key that the request does not have is
 * not met, unless the operator ends with `IfExists`. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 * @throws UnsupportedError for an operator that is not emulated
 */
function compileCondition(block: ConditionBlock, where: string): Condition {
  const tests = Object.entries(block).flatMap(([name, keys]) => {
    const isNegated = /^(Arn|String)Not/.test(name);
    const operator = name.replace(/IfExists$/, '').replace(/^(Arn|String)Not/, '$1');
    // Of a negated operator, a key that is not there is met.
    const isOptional = isNegated || name.endsWith('IfExists');
    const matches = OPERATORS[operator];
    if (matches === undefined) {
      throw new UnsupportedError(`${where}.Condition.${name}`, 'this operator is not emulated');
    }
    return Object.entries(keys).map(([key, values]) => ({
      key: key.toLowerCase(),
      values,
      matches,
      isNegated,
      isOptional,
    }));
  });
  return (context) => {
    const given = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
    return tests.every(({ key, values, matches, isNegated, isOptional }) => {
      const found = given.get(key);
      if (found === undefined) return isOptional;
      return values.some((expected) => matches(expected, found)) !== isNegated;
    });
  };
}

const literal = (text: string) => text.replace(/[\\^$.|+()[\]{}]/g, '\\$&');

/** `*` is any text, `?` any one character. */
export const wildcard = (pattern: string, flags = ''): RegExp =>
  new RegExp(`^${literal(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`, `su${flags}`);

/**
 * A Resource element: wildcards match inside a segment of the ARN, and only a `*` that ends its segment reaches
 * beyond the colon. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const resourceWildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${literal(pattern).replace(/(\*(?=:|$))|(\*)|\?/g, (_, last?: string, inner?: string) =>
      last !== undefined ? '.*' : inner !== undefined ? '[^:]*' : '[^:]',
    )}$`,
    'su',
  );

/**
 * ArnEquals and ArnLike, which are the same: each of an ARN's six components is matched by itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
function arnMatches(pattern: string, arn: string): boolean {
  const found = components(arn);
  const expected = components(pattern);
  return (
    found.length === 6 &&
    expected.length === 6 &&
    expected.every((component, index) => wildcard(component).test(found[index] ?? ''))
  );
}

/** arn, partition, service, region, account, and the rest, colons included. */
function components(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
