import { z } from 'zod';
import { coralError } from './errors';

const TARGET = /^DynamoDB_20120810\.([A-Za-z]+)$/;

/**
 * The operation that a request's `X-Amz-Target` names, e.g. `GetItem`.
 * @throws AwsError 400 UnknownOperationException
 */
export function operationOf(target: unknown): string {
  const [, operation] = TARGET.exec(typeof target === 'string' ? target : '') ?? [];
  if (operation === undefined) {
    throw coralError(
      'UnknownOperationException',
      'X-Amz-Target must name an operation of DynamoDB_20120810.',
    );
  }
  return operation;
}

const input = z.object({
  /** of operations on one table */
  TableName: z.string().optional().catch(undefined),
  /** of batches, by the table's name */
  RequestItems: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** @returns names of the tables that an operation's input, JSON, names; whether they exist is not asked */
export function tablesOf(body: Buffer): readonly string[] {
  const { data } = input.safeParse(parse(body));
  return [
    ...(data?.TableName === undefined ? [] : [data.TableName]),
    ...Object.keys(data?.RequestItems ?? {}),
  ];
}

/** What is not JSON names no table; it is refused where the operation is carried out. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
