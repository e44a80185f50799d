/** Ports above the base, on the loopback address. */
export const PORTS = { failover: 0, primary: 1, secondary: 2, dns: 53, control: 80 } as const;

export const CONTROL_ROUTES = [
  '/status',
  '/metrics',
  '/logs',
  '/faults',
  '/models',
  '/configuration',
] as const;

export const DEFAULT_PORT_BASE = 4_000;
