import { CIRCUIT_KEY } from '../../contract/circuit';
import { SWITCH_KEY } from '../../contract/evacuation';
import type { Stack } from '../terraform/stack';
import { text } from '../terraform/values';
import { OPERATOR } from './role-sessions';

/** What an operator's commands need to reach the region's tables. */
export interface OperatorAccess {
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: typeof OPERATOR;
  };
  readonly circuitTable: string;
  readonly switchTable: string;
}

/** @throws Error where the stack has no such tables */
export function operatorAccess(stack: Stack, endpoint: string): OperatorAccess {
  const tableBy = (key: string): string => {
    const table = stack.of('aws_dynamodb_table').find((candidate) => text(candidate, 'hash_key') === key);
    if (table === undefined) throw new Error(`The stack ${stack.name} has no table with the key "${key}".`);
    return text(table, 'name');
  };
  return {
    client: { endpoint, region: stack.region, credentials: OPERATOR },
    circuitTable: tableBy(CIRCUIT_KEY),
    switchTable: tableBy(SWITCH_KEY),
  };
}
