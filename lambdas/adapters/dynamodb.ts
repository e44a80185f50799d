import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type DynamoDBClientConfig,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { awakeTimeout } from './awake-timeout';
import { sendUntilAborted } from './send-until-aborted';

/** A request has long gone on; this ends what would otherwise wait for ever. */
const CALL_TIMEOUT_MS = 1_000;

export type DynamoDb = ReturnType<typeof createDynamoDb>;

/** Retries nothing: circuits and budgets know what to do without their tables. */
export function createDynamoDb(options: DynamoDBClientConfig = {}) {
  const http = new NodeHttpHandler();
  const client = new DynamoDBClient({
    ...options,
    maxAttempts: 1,
    requestHandler: http,
    cacheMiddleware: true,
  });
  const until = sendUntilAborted(client, http);
  const inTime = <Command extends { readonly input: object }>(command: Command): Command => {
    until(command.input, awakeTimeout(CALL_TIMEOUT_MS));
    return command;
  };
  return {
    get: (input: GetItemCommandInput) => client.send(inTime(new GetItemCommand(input))),
    put: (input: PutItemCommandInput) => client.send(inTime(new PutItemCommand(input))),
    update: (input: UpdateItemCommandInput) => client.send(inTime(new UpdateItemCommand(input))),
  };
}
