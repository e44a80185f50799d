import type { ChatResponse } from './http';

/** Proxies on the way end a connection that is silent for some ten seconds or more. */
const HEARTBEAT_MS = 5_000;

const HEADERS = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };

/**
 * Server-sent events, with a comment wherever nothing is said for a while. The first of either sends the status.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  private readonly heartbeat: NodeJS.Timeout;

  /** @param headers beside those of every stream; of use where nothing has begun */
  constructor(
    private readonly response: ChatResponse,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {
    this.heartbeat = setInterval(() => {
      void this.write(':\n\n');
    }, HEARTBEAT_MS);
  }

  /** @param name left out in protocols whose events have none */
  send(data: string, name?: string): Promise<void> | undefined {
    this.heartbeat.refresh();
    return this.write(`${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`);
  }

  close(): void {
    clearInterval(this.heartbeat);
  }

  private write(text: string): Promise<void> | undefined {
    if (!this.response.hasBegun) this.response.begin(200, { ...HEADERS, ...this.headers });
    return this.response.write(text);
  }
}
