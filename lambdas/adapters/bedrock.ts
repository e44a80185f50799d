import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import type { Bedrock } from '../tier/converse';
import { PersistentHttp } from './persistent-http';

/** A connection is there within a round trip or two, or the network is not. */
const CONNECTION_TIMEOUT_MS = 1_000;

export function createBedrock(): Bedrock {
  // HTTP/1.1 with keep-alive, since the SDK's default of HTTP/2 fails on any proxy without it.
  const http = new PersistentHttp({ connectionTimeout: CONNECTION_TIMEOUT_MS });
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

type HttpRequest = Parameters<PersistentHttp['handle']>[0];

/**
 * The SDK puts its middleware together anew for each call that comes with options of its own, which costs as much as
 * signing the request does. So calls (with `cacheMiddleware`) come without, and their signals go by this way to the
 * HTTP handler.
 * @returns says by which signal the call of a command's input is ended
 */
function sendUntilAborted(
  client: BedrockRuntimeClient,
  http: PersistentHttp,
): (input: object, signal: AbortSignal) => void {
  const signals = new WeakMap<object, AbortSignal>();
  client.middlewareStack.add(
    () => async (args) => {
      const abortSignal = signals.get(args.input);
      const { response } = await http.handle(args.request as HttpRequest, {
        ...(abortSignal && { abortSignal }),
      });
      return { response, output: { $metadata: {} } };
    },
    { name: 'sendUntilAborted', step: 'deserialize', priority: 'low' },
  );
  // Each call would pay for a log line without a logger, and for headers that nobody reads of ours.
  for (const idle of ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware']) {
    client.middlewareStack.remove(idle);
  }
  return (input, signal) => {
    signals.set(input, signal);
  };
}
