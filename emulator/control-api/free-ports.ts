import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { PORTS } from './ports';

/** @throws Error with `code` EADDRINUSE and `port`, before seconds are spent on a start that must fail */
export async function requireFreePorts(portBase: number): Promise<void> {
  for (const offset of Object.values(PORTS)) {
    const server = createServer().listen(portBase + offset, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
  const udp = createSocket('udp4').bind(portBase + PORTS.dns, '127.0.0.1');
  await once(udp, 'listening');
  udp.close();
  await once(udp, 'close');
}
