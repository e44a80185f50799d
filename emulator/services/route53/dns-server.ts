import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { decode, encode, type Packet } from 'dns-packet';

/** Tries of a free port for UDP that TCP has free, too. */
const MAX_TRIES = 10;

/** Bytes in front of a message over TCP that say its length; https://www.rfc-editor.org/rfc/rfc1035#section-4.2.2 */
const LENGTH_BYTES = 2;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

type Answer = (message: Buffer) => Buffer | undefined;

/** DNS over UDP and TCP on one port. */
export class DnsServer {
  private readonly connections = new Set<Socket>();

  private constructor(
    readonly endpoint: Endpoint,
    private readonly udp: UdpSocket,
    private readonly tcp: Server,
  ) {
    tcp.on('connection', (socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  /**
   * @param port 0 for any that is free
   * @throws Error with `code` EADDRINUSE when the port is taken
   */
  static async listen(
    reply: (query: Packet) => Packet,
    { port, host }: Endpoint,
    tries = MAX_TRIES,
  ): Promise<DnsServer> {
    const answer: Answer = (message) => {
      try {
        const query = decode(message);
        return query.type === 'query' ? encode(reply(query)) : undefined;
      } catch {
        // What is no DNS message gets no answer: who sent it may have forged where it comes from.
        return undefined;
      }
    };
    const udp = createSocket('udp4', (message, { address, port: from }) => {
      const answered = answer(message);
      // A client that has gone needs no answer.
      if (answered) udp.send(answered, from, address, () => undefined);
    });
    udp.bind(port, host);
    await once(udp, 'listening');
    const tcp = createServer((socket) => {
      converse(socket, answer);
    });
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

/** Answers the messages of one connection, which may come in pieces or several at once. */
function converse(socket: Socket, answer: Answer): void {
  let received = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + received.readUInt16BE();
      if (received.length < end) return;
      const answered = answer(received.subarray(LENGTH_BYTES, end));
      received = received.subarray(end);
      if (!answered) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(answered.length);
      socket.write(Buffer.concat([length, answered]));
    }
  });
}
