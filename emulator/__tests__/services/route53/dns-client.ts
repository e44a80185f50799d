import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { decode, type DecodedPacket, encode, type Packet, streamEncode } from 'dns-packet';
import type { Endpoint } from '../../../services/route53/dns-server';

export const question = (name: string, type: 'A' | 'AAAA' = 'A'): Packet => ({
  type: 'query',
  id: 7,
  questions: [{ name, type }],
});

/** Sends the messages one after the other. @returns the first answer */
export async function askOverUdp(
  { host, port }: Endpoint,
  ...messages: readonly (Packet | Uint8Array)[]
): Promise<DecodedPacket> {
  const socket = createSocket('udp4');
  try {
    for (const message of messages) {
      socket.send(message instanceof Uint8Array ? message : encode(message), port, host);
    }
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    return decode(answer);
  } finally {
    socket.close();
  }
}

/** Sends all questions at once, cut in the middle, and takes as many answers. */
export async function askOverTcp(
  { host, port }: Endpoint,
  queries: readonly Packet[],
): Promise<DecodedPacket[]> {
  const socket = connect(port, host);
  const bytes = Buffer.concat(queries.map((query) => streamEncode(query)));
  socket.write(bytes.subarray(0, bytes.length / 2));
  setImmediate(() => socket.write(bytes.subarray(bytes.length / 2)));
  const answers: DecodedPacket[] = [];
  let received = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE()) {
      const end = 2 + received.readUInt16BE();
      answers.push(decode(received.subarray(2, end)));
      received = received.subarray(end);
    }
    if (answers.length === queries.length) break;
  }
  socket.destroy();
  return answers;
}
