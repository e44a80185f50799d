import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports above the base, on the loopback address. */
export const PORTS = { failover: 0, primary: 1, secondary: 2, dns: 53, aws: 66, control: 80 } as const;

export const CONTROL_ROUTES = [
  '/status',
  '/metrics',
  '/dashboards',
  '/logs',
  '/faults',
  '/models',
  '/configuration',
  '/replication',
  '/deployment',
] as const;

export const DEFAULT_PORT_BASE = 4_000;

export const MAX_PORT_BASE = 65_535 - PORTS.control;

/**
 * @returns the first port of the system that this process's environment leads to
 * @throws Error where `LOCAL_PORT_BASE` is none
 */
export function portBase(): number {
  const text = process.env.LOCAL_PORT_BASE ?? String(DEFAULT_PORT_BASE);
  const base = Number(text);
  if (Number.isInteger(base) && base >= 1 && base <= MAX_PORT_BASE) return base;
  throw new Error(`LOCAL_PORT_BASE is "${text}". It must be a whole number from 1 to ${MAX_PORT_BASE}.`);
}

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
