import { LocalSystem } from '@assistant/emulator/run';
import { PORTS } from '@assistant/emulator';
import { serve } from '../remote';
import type { LocalSystemMethods } from './local-system';
import { parseLogEvent, type LogEvent } from '../outage/log-event';

let events: LogEvent[] = [];

serve<LocalSystemMethods>({
  start: async (outDir, bedrockUrl) => {
    const portBase = await startOnFreePorts(outDir, bedrockUrl);
    return `http://127.0.0.1:${portBase + PORTS.primary}/`;
  },
  takeEvents: () => {
    const taken = events;
    events = [];
    return taken;
  },
});

/** @returns the first port */
async function startOnFreePorts(outDir: string, url: string): Promise<number> {
  for (;;) {
    const portBase = 20_000 + Math.floor(Math.random() * 30_000);
    try {
      await LocalSystem.start({
        outDir,
        portBase,
        bedrock: { kind: 'endpoint', url },
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
