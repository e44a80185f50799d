import * as z from 'zod';
import { compileStatement, decide, wildcard } from '@assistant/emulator/run';

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
export interface Assumption {
  readonly service: string;
  readonly account: string;
  readonly sourceArn: string;
}

/**
 * `unguarded`: the service may take it on behalf of any account, a confused deputy; `unreadable`: it uses what is
 * not evaluated here.
 */
export type Trust = 'trusted' | 'unguarded' | 'not trusted' | 'unreadable';

/** @param document of IAM's GetRole, percent-encoded as IAM answers it */
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

function allows(statements: readonly TrustStatement[], { service, account, sourceArn }: Assumption): boolean {
  const compiled = statements.map((statement, index) =>
    compileStatement(
      { Effect: statement.Effect, Action: statement.Action, Condition: statement.Condition },
      services(statement).map((pattern) => wildcard(pattern)),
      `Statement.${index}`,
    ),
  );
  const context = { 'aws:SourceAccount': account, 'aws:SourceArn': sourceArn };
  return decide(compiled, 'sts:AssumeRole', service, context) === 'allowed';
}

const services = ({ Principal }: TrustStatement): readonly string[] =>
  typeof Principal === 'string' ? [Principal] : (Principal.Service ?? []);
