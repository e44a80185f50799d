import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { LoopbackServer } from '../../platform/http/server';
import type { CachingResolver } from '../../services/route53/caching-resolver';
import type { RegionalNames } from './regional-names';

/** Where a region's API listens. */
export interface FailoverTarget {
  readonly role: 'primary' | 'secondary';
  readonly port: number;
}

export interface FailoverNameOptions {
  readonly resolver: Pick<CachingResolver, 'resolve4'>;
  /** Those of what is deployed now. */
  readonly names: () => Pick<RegionalNames, 'failoverName' | 'targets'>;
}

/** When somebody who came before the system was ready may try again, in seconds. */
const RETRY_AFTER_SECONDS = '1';

/**
 * A caller of the failover name: it resolves the name by DNS, respects the answer's time to live, and sends each
 * request where the answer leads. It retries nothing; a region that does not answer is a 502 that says so.
 */
export class FailoverName {
  private isOpen = false;
  private readonly server = new LoopbackServer((request, response) => {
    if (this.isOpen) void this.forward(request, response);
    else {
      // What the DNS answers while its health checks begin would be believed for the answer's time to live.
      response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
      refuse(response, 503, 'starting', 'The system is starting: its health checks have not settled yet.');
    }
  });

  constructor(private readonly options: FailoverNameOptions) {}

  get name(): string {
    return this.options.names().failoverName;
  }

  /** Answers 503 until it is opened. */
  async listen(port: number): Promise<void> {
    await this.server.listen(port);
  }

  /** From now on, requests are sent where the name leads. */
  open(): void {
    this.isOpen = true;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  /** The region that the name leads this caller to now. @throws Error when the DNS does not answer */
  async target(): Promise<FailoverTarget> {
    const { resolver, names } = this.options;
    const { failoverName, targets } = names();
    const { address } = await resolver.resolve4(failoverName);
    const target = targets.get(address);
    if (target === undefined) throw new Error(`${failoverName} resolves to ${address}, which no region has.`);
    return target;
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { port } = await this.target();
      const { method, url: path, headers } = request;
      // Of its own: one that is kept may be closed by the region just when it is taken up again.
      const onward = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
      response.once('close', () => onward.destroy());
      request.pipe(onward);
      const [answer] = (await once(onward, 'response')) as [IncomingMessage];
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      await pipeline(answer, response);
    } catch (error) {
      request.unpipe();
      const message = `The region that the name leads to does not answer: ${String(error)}`;
      refuse(response, 502, 'no_answer', message);
    }
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ error: { code, message } }));
}
