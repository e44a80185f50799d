import { error, type FaultEffect } from '../../platform/faults/effects';

/** The ways in which a call of DynamoDB fails: the developer guide's "Error handling with DynamoDB". */
export const DYNAMODB_MODES = {
  error: error(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError', 'Internal server error'),
  /** what a PAY_PER_REQUEST table answers that has not scaled yet; a provisioned one names another exception */
  throttle: error(
    400,
    'com.amazon.coral.availability#ThrottlingException',
    'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
  ),
  /** the port still accepts connections */
  down: { kind: 'reset' },
  timeout: { kind: 'silence' },
  /** a hundred times what DynamoDB needs */
  slow: { kind: 'delay', ms: 500 },
} as const satisfies Record<string, FaultEffect>;

/** What a global table's replicas lose: what is written here is not sent, and what is sent is not received. */
export const REPLICATION_MODES = { cut: { kind: 'silence' } } as const satisfies Record<string, FaultEffect>;
