import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longer than a measurement: no client finds its kept connection closed. */
const KEEP_ALIVE_MS = 60_000;

const ANSWER = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'An answer that is always the same.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 60, outputTokens: 12, totalTokens: 72 },
  metrics: { latencyMs: 50 },
});

/** Answers every Converse after a fixed latency, and knows how long each caller really waited for it. */
export class FixedLatencyServer {
  private latencies: number[] = [];
  private readonly server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    this.answer(request, response);
  });

  constructor(private readonly latencyMs: number) {}

  /** @returns the endpoint's URL */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
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

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const arrived = performance.now();
    request.resume();
    setTimeout(() => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(ANSWER);
      this.latencies.push(performance.now() - arrived);
    }, this.latencyMs);
  }
}
