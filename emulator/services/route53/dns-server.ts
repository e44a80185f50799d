import DNS from 'dns2';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';

/** Tries of a free port for UDP that TCP has free, too. */
const MAX_TRIES = 10;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** DNS over UDP and TCP on one port. */
export class DnsServer {
  private readonly connections = new Set<Socket>();

  private constructor(
    readonly endpoint: Endpoint,
    private readonly udp: DNS.UDPServer,
    private readonly tcp: DNS.TCPServer,
  ) {
    tcp.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  /**
   * @param port 0 for any that is free
   * @throws Error with `code` EADDRINUSE when the port is taken
   */
  static async listen(
    reply: (query: DNS.Packet) => DNS.Packet,
    { port, host }: Endpoint,
    tries = MAX_TRIES,
  ): Promise<DnsServer> {
    const handle: DNS.DnsHandler = (query, send) => {
      // A client that has gone needs no answer.
      void Promise.resolve(send(reply(query))).catch(() => undefined);
    };
    const udp = DNS.createUDPServer(handle);
    udp.bind(port, host);
    await once(udp, 'listening');
    const tcp = DNS.createTCPServer(handle);
    try {
      tcp.listen(udp.address().port, host);
      await once(tcp, 'listening');
    } catch (error) {
      udp.close();
      if (port !== 0 || tries <= 1) throw error;
      return DnsServer.listen(reply, { port, host }, tries - 1);
    }
    return new DnsServer({ host, port: (tcp.address() as AddressInfo).port }, udp, tcp);
  }

  async close(): Promise<void> {
    const closed = [once(this.udp, 'close'), once(this.tcp, 'close')];
    this.udp.close();
    this.tcp.close();
    for (const socket of this.connections) socket.destroy();
    await Promise.all(closed);
  }
}
