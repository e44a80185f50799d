import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type BedrockRuntimeClientConfig,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { converseInput, readAnswer, readStream, type Answer, failureOf } from './converse';
import type { CallOutcome, ModelRequest } from './model-caller';
import { Stopwatch } from './stopwatch';

/** A connection is there within a round trip or two, or the network is not. */
const CONNECTION_TIMEOUT_MS = 5_000;

interface BedrockCallerOptions {
  /** By region, what reaches its Bedrock: endpoint and credentials, or nothing for AWS itself. */
  readonly regions: Readonly<Record<string, BedrockRuntimeClientConfig>>;
  /** Calls at the same time, in all regions together. */
  readonly concurrency: number;
}

/**
 * Calls models by the AWS SDK. There is exactly one attempt, since throttles are measured; HTTP/1.1 with kept
 * connections, one for each call at a time, so that no call waits for another one's connection.
 */
export class BedrockCaller {
  private readonly clients: ReadonlyMap<string, BedrockRuntimeClient>;
  private readonly gate = new SendGate();

  constructor({ regions, concurrency }: BedrockCallerOptions) {
    const agent = { keepAlive: true, maxSockets: concurrency };
    this.clients = new Map(
      Object.entries(regions).map(([region, config]) => [
        region,
        new BedrockRuntimeClient({
          region,
          ...config,
          maxAttempts: 1,
          requestHandler: new NodeHttpHandler({
            connectionTimeout: CONNECTION_TIMEOUT_MS,
            httpAgent: agent,
            httpsAgent: agent,
          }),
        }),
      ]),
    );
  }

  /** @throws Error for a region that there is no client for */
  readonly call = async (request: ModelRequest, signal: AbortSignal): Promise<CallOutcome> => {
    const client = this.clients.get(request.region);
    if (client === undefined) throw new Error(`There is no client for the region ${request.region}.`);
    const sent = await this.gate.enter();
    const stopwatch = new Stopwatch(sent);
    const state = { streaming: false };
    try {
      const answer = await send(client, request, { signal, stopwatch, state });
      return { outcome: 'answered', ...answer, timing: stopwatch.read() };
    } catch (error) {
      const progress = state.streaming ? 'streaming' : stopwatch.wasSent ? 'sent' : 'not sent';
      return { ...failureOf(error, signal, progress), timing: stopwatch.read() };
    } finally {
      sent();
    }
  };

  close(): void {
    for (const client of this.clients.values()) client.destroy();
  }
}

interface Sending {
  readonly signal: AbortSignal;
  readonly stopwatch: Stopwatch;
  /** Whether the response's stream has begun. */
  readonly state: { streaming: boolean };
}

/** Nearest to the network, after the request was signed. */
const INNERMOST = { step: 'deserialize', priority: 'low', name: 'stopwatch' } as const;

async function send(
  client: BedrockRuntimeClient,
  request: ModelRequest,
  { signal, stopwatch, state }: Sending,
): Promise<Answer> {
  const input = converseInput(request);
  const options = { abortSignal: signal };
  if (request.api === 'converse') {
    const command = new ConverseCommand(input);
    command.middlewareStack.add(stopwatch.middleware, INNERMOST);
    return readAnswer(await client.send(command, options));
  }
  const command = new ConverseStreamCommand(input);
  command.middlewareStack.add(stopwatch.middleware, INNERMOST);
  const { stream } = await client.send(command, options);
  state.streaming = true;
  return readStream(stream, () => {
    stopwatch.text();
  });
}

/**
 * Lets one request at a time be prepared and sent. Requests that are prepared together reach their connections only
 * when all of them are ready, and would find their neighbours' processor time in their own latency.
 */
class SendGate {
  private last: Promise<void> = Promise.resolve();

  /**
   * Waits for the requests before.
   * @returns to be called when the request has been sent or has failed; more than once does no harm
   */
  async enter(): Promise<() => void> {
    const before = this.last;
    let leave: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    // A turn of the event loop later, responses that have come meanwhile have been taken in.
    this.last = left.then(() => nextTurn());
    await before;
    return leave;
  }
}
