import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStreamCodec } from '@smithy/core/event-streams';

/** `silent`: takes the request and never answers. */
export type ModelMode = 'healthy' | 'error' | 'silent';

/** Longer than any pause between two slices: no client finds its kept connection closed. */
const KEEP_ALIVE_MS = 10 * 60_000;

const TEXT = 'The answer of a model that is always the same.';
const END = { usage: { inputTokens: 60, outputTokens: 12, totalTokens: 72 }, metrics: { latencyMs: 1 } };

/** What Converse answers. */
const ANSWER = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: TEXT }] } },
  stopReason: 'end_turn',
  ...END,
});

/** What ConverseStream answers: a word an event, all of them at once. */
const STREAM = Buffer.concat([
  frame('messageStart', { role: 'assistant' }),
  ...TEXT.split(/(?<= )/).map((text) =>
    frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }),
  ),
  frame('contentBlockStop', { contentBlockIndex: 0 }),
  frame('messageStop', { stopReason: 'end_turn' }),
  frame('metadata', END),
]);

function frame(type: string, payload: object): Uint8Array {
  const codec = new EventStreamCodec(
    (input) => (typeof input === 'string' ? input : Buffer.from(input).toString('utf8')),
    (text) => Buffer.from(text, 'utf8'),
  );
  const named = { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' };
  return codec.encode({
    headers: Object.fromEntries(
      Object.entries(named).map(([name, value]) => [name, { type: 'string', value }]),
    ),
    body: Buffer.from(JSON.stringify(payload), 'utf8'),
  });
}

/** The least that speaks Bedrock's Converse and ConverseStream over HTTP/1.1: a fixed latency, and models that can fail. */
export class ConverseServer {
  private readonly modes = new Map<string, ModelMode>();
  private counts = new Map<string, number>();
  private latencies: number[] = [];
  private latencyMs = 0;
  private readonly server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void this.answer(request, response);
  });

  /** @returns the endpoint's URL */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on, for every model. */
  setLatency(ms: number): void {
    this.latencyMs = ms;
  }

  /** From now on; requests under way end as they began. */
  setMode(model: string, mode: ModelMode): void {
    this.modes.set(model, mode);
  }

  /** @returns by model id, the calls that have arrived since the last time this was asked */
  takeCalls(): ReadonlyMap<string, number> {
    const calls = this.counts;
    this.counts = new Map();
    return calls;
  }

  /** @returns milliseconds from a request's arrival to its answer's departure, of each since the last time */
  takeLatencies(): readonly number[] {
    const taken = this.latencies;
    this.latencies = [];
    return taken;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrived = performance.now();
    const [, name = '', streamed] = /^\/model\/([^/]+)\/converse(-stream)?$/.exec(request.url ?? '') ?? [];
    const model = decodeURIComponent(name);
    this.counts.set(model, (this.counts.get(model) ?? 0) + 1);
    const mode = this.modes.get(model) ?? 'healthy';
    request.resume();
    await once(request, 'end');
    if (mode === 'silent') return;
    if (this.latencyMs > 0) await sleep(this.latencyMs);
    if (mode === 'healthy') {
      const type = streamed ? 'application/vnd.amazon.eventstream' : 'application/json';
      response.writeHead(200, { 'Content-Type': type }).end(streamed ? STREAM : ANSWER);
      this.latencies.push(performance.now() - arrived);
      return;
    }
    response
      .writeHead(500, { 'Content-Type': 'application/json', 'x-amzn-ErrorType': 'InternalServerException' })
      .end('{"message":"The model is out of order."}');
  }
}
