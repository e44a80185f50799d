import { CIRCUIT_KEY } from '../../../contract/circuit';
import { SWITCH_KEY } from '../../../contract/evacuation';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';
import { OPERATOR } from './role-sessions';
import type { ServiceEndpoints } from './services';

/** Configuration of an AWS SDK client that reaches a service of this run. */
export interface ServiceClient {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof OPERATOR;
}

/** What an operator's commands need to reach the region's services. */
export interface OperatorAccess {
  readonly clients: Readonly<Record<'appConfig' | 'bedrockRuntime' | 'dynamoDb', ServiceClient>>;
  readonly circuitTable: string;
  readonly switchTable: string;
}

/** @throws Error where the stack has no such tables */
export function operatorAccess(stack: Stack, endpoints: ServiceEndpoints): OperatorAccess {
  const tableBy = (key: string): string => {
    const table = stack.of('aws_dynamodb_table').find((candidate) => text(candidate, 'hash_key') === key);
    if (table === undefined) throw new Error(`The stack ${stack.name} has no table with the key "${key}".`);
    return text(table, 'name');
  };
  const client = (endpoint: string) => ({ endpoint, region: stack.region, credentials: OPERATOR });
  return {
    clients: {
      appConfig: client(endpoints.AWS_ENDPOINT_URL_APPCONFIGDATA),
      bedrockRuntime: client(endpoints.AWS_ENDPOINT_URL_BEDROCK_RUNTIME),
      dynamoDb: client(endpoints.AWS_ENDPOINT_URL_DYNAMODB),
    },
    circuitTable: tableBy(CIRCUIT_KEY),
    switchTable: tableBy(SWITCH_KEY),
  };
}
