import { LocalSystem } from '@assistant/emulator/run';
import { PORTS } from '@assistant/emulator';
import { serve } from '../remote';
import { liveHeap } from './live-heap';
import type { LocalSystemMethods, SystemOptions } from './local-system';
import { parseLogEvent, type LogEvent } from '../outage/log-event';

let events: LogEvent[] = [];

serve<LocalSystemMethods>({
  start: async (options) => {
    const portBase = await startOnFreePorts(options);
    return `http://127.0.0.1:${portBase + PORTS.primary}/`;
  },
  usage: () => {
    const { user, system } = process.cpuUsage();
    return { memoryMb: process.memoryUsage.rss() / 2 ** 20, cpuMs: (user + system) / 1_000 };
  },
  liveHeap,
  takeEvents: () => {
    const taken = events;
    events = [];
    return taken;
  },
});

/** @returns the first port */
async function startOnFreePorts({ console: withConsole, ...options }: SystemOptions): Promise<number> {
  for (;;) {
    const portBase = 20_000 + Math.floor(Math.random() * 30_000);
    // The console asks the system that it is a part of.
    process.env.LOCAL_PORT_BASE = String(portBase);
    try {
      await LocalSystem.start({
        ...options,
        ...(withConsole && { page: (await import('../../../operator/console/server/handle.ts')).handle }),
        portBase,
        onLog: (role, _, line) => {
          const event = role === 'primary' ? parseLogEvent(line) : undefined;
          if (event !== undefined) events.push(event);
        },
      });
      return portBase;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    }
  }
}
