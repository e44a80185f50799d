import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { CachingResolver } from '../../services/route53/caching-resolver';

/** Where a region's API listens. */
export interface FailoverTarget {
  readonly role: 'primary' | 'secondary';
  readonly port: number;
}

export interface FailoverNameOptions {
  readonly name: string;
  readonly resolver: Pick<CachingResolver, 'resolve4'>;
  /** By the address that the name resolves to. */
  readonly targets: ReadonlyMap<string, FailoverTarget>;
}

/**
 * A caller of the failover name: it resolves the name by DNS, respects the answer's time to live, and sends each
 * request where the answer leads. It retries nothing; a region that does not answer is a 502 that says so.
 */
export class FailoverName {
  private readonly server = createServer((request, response) => {
    void this.forward(request, response);
  });

  constructor(private readonly options: FailoverNameOptions) {}

  get name(): string {
    return this.options.name;
  }

  async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** The region that the name leads this caller to now. @throws Error when the DNS does not answer */
  async target(): Promise<FailoverTarget> {
    const { name, resolver, targets } = this.options;
    const { address } = await resolver.resolve4(name);
    const target = targets.get(address);
    if (target === undefined) throw new Error(`${name} resolves to ${address}, which no region has.`);
    return target;
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { port } = await this.target();
      const { method, url: path, headers } = request;
      const onward = httpRequest({ host: '127.0.0.1', port, method, path, headers });
      request.pipe(onward);
      const [answer] = (await once(onward, 'response')) as [IncomingMessage];
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    } catch (error) {
      request.unpipe();
      noAnswer(response, error);
    }
  }
}

function noAnswer(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = `The region that the name leads to does not answer: ${String(error)}`;
  response.writeHead(502, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ error: { code: 'no_answer', message } }));
}
