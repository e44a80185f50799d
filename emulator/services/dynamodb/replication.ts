import { type Change, Replica, type TableStore } from './tables';
import type { TableDefinition } from './table-definition';

/**
 * Milliseconds from a write to its arrival in the other region. AWS: usually within a second, and no promise.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
 */
const USUAL_LAG_MS = 1_000;

/** Milliseconds between two tries of a link that is cut. */
const RETRY_MS = 20;

interface UnderWay {
  readonly to: Replica;
  readonly from: string;
  readonly change: Change;
  readonly writtenAt: number;
}

/**
 * Brings what is written to a global table in one region to its other ones: later, in the order in which it was written,
 * and once a link that is cut has come back.
 */
export class Replication {
  private lag = USUAL_LAG_MS;
  private readonly replicas = new Map<string, Replica>();
  private underWay: readonly UnderWay[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isDelivering = false;
  private isClosed = false;

  /** @param isCut whether a region, by its AWS name, neither sends nor receives */
  constructor(private readonly isCut: (region: string) => boolean) {}

  get lagMs(): number {
    return this.lag;
  }

  /** Of what is under way as well. */
  set lagMs(ms: number) {
    this.lag = ms;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.schedule();
  }

  /** Changes that have not arrived yet. */
  get pending(): number {
    return this.underWay.length;
  }

  /** Milliseconds since the first of those was written; 0 for none. */
  get behindMs(): number {
    const [first] = this.underWay;
    return first === undefined ? 0 : Math.round(performance.now() - first.writtenAt);
  }

  /** @returns the region's replicas, in its tables */
  join(region: string, store: TableStore): Replica {
    const replica = new Replica(region, store, (change) => {
      const others = [...this.replicas.values()].filter((other) => other !== replica);
      const writtenAt = performance.now();
      this.underWay = [...this.underWay, ...others.map((to) => ({ to, from: region, change, writtenAt }))];
      this.schedule();
    });
    this.replicas.set(region, replica);
    return replica;
  }

  /** Takes these for all tables of a region; a new replica begins with what the others have. */
  async declare(replica: Replica, tables: readonly TableDefinition[]): Promise<void> {
    for (const table of replica.declare(tables)) {
      const others = [...this.replicas.values()].filter((other) => other !== replica);
      for (const change of (await Promise.all(others.map((other) => other.contents(table)))).flat()) {
        await replica.apply(change);
      }
    }
  }

  leave(replica: Replica): void {
    this.replicas.delete(replica.region);
    this.underWay = this.underWay.filter(({ to }) => to !== replica);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private schedule(ms?: number): void {
    const [next] = this.underWay;
    if (next === undefined || this.timer !== undefined || this.isDelivering || this.isClosed) return;
    this.timer = setTimeout(
      () => void this.deliver(),
      ms ?? Math.max(0, next.writtenAt + this.lag - performance.now()),
    );
  }

  /** Those to one region stay in their order; with two regions, there are two. */
  private async deliver(): Promise<void> {
    this.timer = undefined;
    this.isDelivering = true;
    const waiting = new Set<Replica>();
    for (const each of [...this.underWay]) {
      const { from, to, change } = each;
      if (this.isEarly(each) || this.isCut(from) || this.isCut(to.region)) waiting.add(to);
      if (waiting.has(to)) continue;
      // A region that is being closed takes nothing any more.
      await to.apply(change).catch(() => undefined);
      this.underWay = this.underWay.filter((other) => other !== each);
    }
    this.isDelivering = false;
    const [next] = this.underWay;
    this.schedule(next === undefined || this.isEarly(next) ? undefined : RETRY_MS);
  }

  private isEarly({ writtenAt }: UnderWay): boolean {
    return writtenAt + this.lag > performance.now();
  }
}
