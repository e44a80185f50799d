import * as z from 'zod/mini';
import { UnsupportedError } from '../../stack/resource';
import { json, type Addressed } from '../../stack/values';
import type { ConditionBlock } from './statement';

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
export interface StatementElements {
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
