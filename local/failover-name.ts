import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

/** How long a region's health is taken for known, in milliseconds. */
const HEALTH_TTL_MS = 1_000;

/** Route 53 waits as long for a health check's response, in milliseconds. */
const HEALTH_TIMEOUT_MS = 2_000;

export interface FailoverTarget {
  readonly role: 'primary' | 'secondary';
  readonly port: number;
}

/**
 * The failover name: each request goes to the first region whose `/health` is good. With both unhealthy it is the
 * primary, as Route 53 does.
 */
export class FailoverName {
  private readonly server = createServer((request, response) => {
    this.forward(request, response).catch(() => response.destroy());
  });
  private known: { readonly target: FailoverTarget; readonly until: number } | undefined;

  /** @param targets the primary first */
  constructor(private readonly targets: readonly [FailoverTarget, ...FailoverTarget[]]) {}

  async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  /** The region that the name leads to now. */
  async target(): Promise<FailoverTarget> {
    if (this.known === undefined || Date.now() >= this.known.until) {
      this.known = { target: await this.choose(), until: Date.now() + HEALTH_TTL_MS };
    }
    return this.known.target;
  }

  private async choose(): Promise<FailoverTarget> {
    for (const target of this.targets) {
      if (await isHealthy(target.port)) return target;
    }
    return this.targets[0];
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { port } = await this.target();
    const { method, url, headers } = request;
    const onward = httpRequest({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    const { status } = await fetch(`http://127.0.0.1:${port}/health`, { signal });
    return status >= 200 && status < 400;
  } catch {
    return false;
  }
}
