import type { FastifyInstance } from 'fastify';
import { AcceleratedClock } from './clock/clock';
import { createControlServer } from './control/control-server';
import { FailoverName } from './failover-name';
import { Faults } from './faults/faults';
import type { BedrockMode } from './region/bedrock-mode';
import { LocalRegion, type Role } from './region/local-region';
import { PORTS } from './ports';
import { readStack } from './terraform/stack';

export interface LocalSystemOptions {
  /** What CDKTF synthesized into, `cdktf.out`: nothing about the system comes from anywhere else. */
  readonly outDir: string;
  readonly portBase: number;
  readonly bedrock: BedrockMode;
  readonly onLog: (role: Role, source: string, line: string) => void;
}

/** Both regions of the synthesized system, the failover name in front of them, and the control port beside. */
export class LocalSystem {
  private constructor(
    readonly regions: readonly LocalRegion[],
    private readonly failover: FailoverName,
    private readonly control: FastifyInstance,
  ) {}

  /**
   * @throws UnsupportedError with the address of what the local run does not act out
   * @throws Error with `code` EADDRINUSE and `port` when a port is taken
   */
  static async start({ outDir, portBase, bedrock, onLog }: LocalSystemOptions): Promise<LocalSystem> {
    const faults = new Faults();
    const clock = new AcceleratedClock();
    const regions: LocalRegion[] = [];
    const port = (name: keyof typeof PORTS) => portBase + PORTS[name];
    const failover = new FailoverName([
      { role: 'primary', port: port('primary') },
      { role: 'secondary', port: port('secondary') },
    ]);
    const system = new LocalSystem(
      regions,
      failover,
      createControlServer({ regions, failover, faults, bedrock }),
    );
    try {
      for (const role of ['primary', 'secondary'] as const) {
        const options = {
          role,
          stack: readStack(outDir, role),
          bedrock,
          faults,
          clock,
          onLog: (source: string, line: string) => {
            onLog(role, source, line);
          },
        };
        const region = new LocalRegion(options);
        regions.push(region);
        await region.start(port(role));
      }
      await failover.listen(port('failover'));
      await system.control.listen({ host: '127.0.0.1', port: port('control') });
    } catch (error) {
      await system.close();
      throw error;
    }
    return system;
  }

  async close(): Promise<void> {
    await Promise.all([this.failover.close(), this.control.close()]);
    await Promise.all(this.regions.map((region) => region.close()));
  }
}
