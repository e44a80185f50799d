import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { awakeTimeout } from './awake-timeout';

/** A request has long gone on; this ends what would otherwise wait for ever. */
const CALL_TIMEOUT_MS = 1_000;

export const callDeadline = () => ({ abortSignal: awakeTimeout(CALL_TIMEOUT_MS) });

/** Retries nothing: circuits and budgets know what to do without their tables. */
export const createDynamoDb = () =>
  new DynamoDBClient({ maxAttempts: 1, requestHandler: new NodeHttpHandler() });
