import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * For so long a connection may be idle. Node's own five seconds are over while a busy machine, or one that has slept,
 * sends a request on it. How long AWS's services wait is unknown.
 */
export const KEEP_ALIVE_MS = 60_000;

/** An HTTP/1.1 server on the loopback address. */
export class LoopbackServer {
  private readonly server;

  /** @param requestTimeoutMs for a request to arrive whole; by default Node's five minutes, 0 for ever */
  constructor(listener: RequestListener, requestTimeoutMs?: number) {
    const limit = requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs };
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, ...limit }, listener);
  }

  /** @returns its URL, without a slash at the end. @throws Error with `code` EADDRINUSE */
  async listen(port = 0): Promise<string> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends every connection, also those it never meant to answer. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
