import * as z from 'zod';

const oneOrMany = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item)]).transform((value) => [value].flat() as z.output<T>[]);

/** As much of a trust policy as says which services may take the role; other principals are left aside. */
const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMany(z.string()),
  Principal: z.union([z.string(), z.object({ Service: oneOrMany(z.string()).optional() })]),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMany(z.coerce.string()))).optional(),
});
const trustSchema = z.object({ Statement: oneOrMany(statementSchema) });

type TrustStatement = z.infer<typeof statementSchema>;

/** Who takes the role, and for whose sake, as conditions see it. */
interface Assumption {
  readonly service: string;
  readonly account: string;
  readonly sourceArn: string;
}

/**
 * `unguarded`: the service may take it on behalf of any account, a confused deputy; `unreadable`: it uses what is
 * not evaluated here.
 */
export type Trust = 'trusted' | 'unguarded' | 'not trusted' | 'unreadable';

/**
 * IAM's simulator evaluates what a role may do, and not who may take it: trust policies are read here.
 * @param document of IAM's GetRole, percent-encoded as IAM answers it
 */
export function readTrust(document: string, assumption: Assumption): Trust {
  try {
    const { Statement } = trustSchema.parse(JSON.parse(decodeURIComponent(document)));
    if (!allows(Statement, assumption)) return 'not trusted';
    const stranger = { ...assumption, account: '000000000000', sourceArn: 'arn:aws:bedrock:::' };
    return allows(Statement, stranger) ? 'unguarded' : 'trusted';
  } catch {
    return 'unreadable';
  }
}

/** A denial that applies beats what is allowed. */
function allows(statements: readonly TrustStatement[], assumption: Assumption): boolean {
  const effects = statements
    .filter((statement) => applies(statement, assumption))
    .map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

/** @throws Error for a condition that is not evaluated here, whether it would matter or not */
function applies({ Action, Principal, Condition = {} }: TrustStatement, assumption: Assumption): boolean {
  const { service, account, sourceArn } = assumption;
  const context = new Map([
    ['aws:sourceaccount', account],
    ['aws:sourcearn', sourceArn],
  ]);
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => isMet(operator, context.get(key.toLowerCase()), values)),
  );
  const services = typeof Principal === 'string' ? [Principal] : (Principal.Service ?? []);
  return (
    Action.some((action) => like(action.toLowerCase(), 'sts:assumerole')) &&
    services.some((principal) => principal === '*' || principal === service) &&
    conditions.every(Boolean)
  );
}

/** The operators that guard a service's trust. */
function isMet(operator: string, actual: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case 'StringEquals':
      return actual !== undefined && values.includes(actual);
    // ArnEquals takes wildcards, too. Source: IAM user guide, "ARN condition operators".
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return actual !== undefined && values.some((value) => like(value, actual));
    default:
      throw new Error(`The condition operator ${operator} is not evaluated here.`);
  }
}

const like = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  ).test(text);
