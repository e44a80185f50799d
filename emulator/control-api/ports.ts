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
