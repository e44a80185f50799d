import { Resolver } from 'node:dns/promises';
import type { Clock } from '../../platform/clock';
import type { Endpoint } from './dns-server';

/** How long a query may take before it is sent again, in milliseconds, and how often it is: a busy machine may take seconds. */
const QUERY = { timeout: 1_000, tries: 4 };

interface ResolvedAddress {
  readonly address: string;
  /** Emulated time, in milliseconds since 1970, at which the name is looked up anew. */
  readonly expiresAt: number;
}

/** Resolves as a well-behaved caller does: by DNS, and anew only when an answer's time to live is over. */
export class CachingResolver {
  private readonly resolver = new Resolver(QUERY);
  private readonly known = new Map<string, ResolvedAddress>();
  private readonly underway = new Map<string, Promise<ResolvedAddress>>();

  constructor(private readonly options: { readonly dnsServer: Endpoint; readonly clock: Clock }) {
    const { host, port } = options.dnsServer;
    this.resolver.setServers([`${host}:${port}`]);
  }

  /** @throws Error with `code` ENOTFOUND, ENODATA, EREFUSED, ECONNREFUSED or ETIMEOUT */
  async resolve4(name: string): Promise<ResolvedAddress> {
    const known = this.known.get(name);
    if (known !== undefined && this.options.clock.now() < known.expiresAt) return known;
    const query = this.underway.get(name) ?? this.query(name);
    this.underway.set(name, query);
    return query;
  }

  /** Gives up queries that are under way. */
  close(): void {
    this.resolver.cancel();
  }

  private async query(name: string): Promise<ResolvedAddress> {
    const { clock } = this.options;
    try {
      const [answer] = await this.resolver.resolve4(name, { ttl: true });
      if (answer === undefined) throw new Error(`The DNS server answered "${name}" without an address.`);
      // The time to live is in real seconds.
      const expiresAt = clock.now() + answer.ttl * 1_000 * clock.speed;
      const resolved = { address: answer.address, expiresAt };
      this.known.set(name, resolved);
      return resolved;
    } finally {
      this.underway.delete(name);
    }
  }
}
