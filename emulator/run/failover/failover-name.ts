import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { LoopbackServer } from '../../platform/http/server';
import type { CachingResolver } from '../../services/route53/caching-resolver';
import { text } from '../../stack/values';
import type { LocalRegion } from '../region/local-region';
import type { Role } from '../stacks';

/** Where a region's API listens. */
interface FailoverTarget {
  readonly role: 'primary' | 'secondary';
  readonly port: number;
}

interface FailoverNameOptions {
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

/** An A record carries no port: each region has a loopback address of its own. */
export const ADDRESSES: Readonly<Record<Role, string>> = { primary: '127.0.0.1', secondary: '127.0.0.2' };

/** Which region a name or an address stands for, read off both stacks. */
export interface RegionalNames {
  /** The name of the records that fail over. */
  readonly failoverName: string;
  readonly targets: ReadonlyMap<string, FailoverTarget>;
  /** @returns the loopback address behind an API Gateway regional name */
  readonly addressOf: (regionalDomainName: string) => string | undefined;
  /** @returns where a region's own name is served */
  readonly resolveEndpoint: (fqdn: string) => { readonly host: string; readonly port: number } | undefined;
}

/** @throws Error where the stacks have no failover record */
export function regionalNames(
  regions: readonly LocalRegion[],
  portOf: (role: Role) => number,
): RegionalNames {
  const records = regions.flatMap(({ stack }) => stack.of('aws_route53_record'));
  const failover = records.find(({ values }) => values.failover_routing_policy !== undefined);
  if (failover === undefined) throw new Error('The stacks have no record with a failover routing policy.');
  const failoverName = text(failover, 'name');
  const domains = regions.flatMap(({ role, stack }) =>
    stack.of('aws_api_gateway_domain_name').map((domain) => ({ role, domain })),
  );
  return {
    failoverName,
    // An answer of the DNS may outlive its region, whose port then refuses.
    targets: new Map(
      (['primary', 'secondary'] as const).map((role) => [ADDRESSES[role], { role, port: portOf(role) }]),
    ),
    addressOf: (name) => {
      const found = domains.find(({ domain }) => text(domain, 'regional_domain_name') === name);
      return found && ADDRESSES[found.role];
    },
    resolveEndpoint: (fqdn) => {
      const found = domains.find(
        ({ domain }) => text(domain, 'domain_name') === fqdn && fqdn !== failoverName,
      );
      return found && { host: '127.0.0.1', port: portOf(found.role) };
    },
  };
}
