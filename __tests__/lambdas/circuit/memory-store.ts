import type { Circuit } from '../../../contract/circuit';
import type { CircuitStore } from '../../../lambdas/tier/circuit/circuit-store';

/** A table that does as DynamoDB does; `delay` lets a test hold each call up, or let it fail. */
export class MemoryStore implements CircuitStore {
  readonly items = new Map<string, Circuit>();
  reads = 0;
  writes = 0;
  delay: () => Promise<unknown> = () => Promise.resolve();

  async read(model: string) {
    this.reads += 1;
    await this.delay();
    return this.items.get(model);
  }

  async write(circuit: Circuit) {
    this.writes += 1;
    await this.delay();
    const current = this.items.get(circuit.model);
    if ((current?.version ?? 0) !== circuit.version - 1) return { current };
    this.items.set(circuit.model, circuit);
    return undefined;
  }
}
