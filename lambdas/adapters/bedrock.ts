import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Bedrock } from '../tier/converse';
import { sendUntilAborted } from './send-until-aborted';

/** A connection is there within a round trip or two, or the network is not. */
const CONNECTION_TIMEOUT_MS = 1_000;

export function createBedrock(): Bedrock {
  // HTTP/1.1 with keep-alive, since the SDK's default of HTTP/2 fails on any proxy without it.
  const http = new NodeHttpHandler({ connectionTimeout: CONNECTION_TIMEOUT_MS });
  // One attempt, since retries belong to the caller, who knows the deadline.
  const client = new BedrockRuntimeClient({ maxAttempts: 1, requestHandler: http, cacheMiddleware: true });

  const until = sendUntilAborted(client, http);

  return {
    converse(input, signal) {
      const command = new ConverseCommand(input);
      until(command.input, signal);
      return client.send(command);
    },
    async converseStream(input, signal) {
      const command = new ConverseStreamCommand(input);
      until(command.input, signal);
      const { stream } = await client.send(command);
      if (stream === undefined) throw new SyntaxError('The response has no stream.');
      return stream;
    },
  };
}
