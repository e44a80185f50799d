import type { AllowableKind, Problem, ProblemKind } from './problem';

export type Counts = Readonly<Partial<Record<ProblemKind, number>>>;

/** Counts all problems and keeps the first of each kind: memory is bounded by kinds, not by the file. */
export class ProblemLog {
  private readonly counts = new Map<ProblemKind, number>();
  private readonly kept = new Map<ProblemKind, Problem[]>();

  /**
   * @param maxListed how many `listed()` gives at most
   * @param allowed kinds that are counted apart
   */
  constructor(
    private readonly maxListed: number,
    private readonly allowed: readonly AllowableKind[] = [],
  ) {}

  add(problem: Problem): void {
    const { kind } = problem;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const kept = this.kept.get(kind);
    if (!kept) this.kept.set(kind, [problem]);
    else if (kept.length < this.maxListed) kept.push(problem);
  }

  /** Counts by kind, without what is allowed. */
  get found(): Counts {
    return this.countsWhere((kind) => !this.isAllowed(kind));
  }

  /** Counts by kind of what is allowed. */
  get tolerated(): Counts {
    return this.countsWhere((kind) => this.isAllowed(kind));
  }

  get total(): number {
    return Object.values(this.found).reduce((sum, count) => sum + count, 0);
  }

  /** The problems to show, by line. Kinds take turns, so that a frequent one does not hide a rare one. */
  listed(): readonly Problem[] {
    const queues = [...this.kept].filter(([kind]) => !this.isAllowed(kind)).map(([, problems]) => problems);
    const chosen: Problem[] = [];
    for (let round = 0; round < this.maxListed; round += 1) {
      for (const problem of queues.flatMap((queue) => queue.slice(round, round + 1))) {
        if (chosen.length < this.maxListed) chosen.push(problem);
      }
    }
    return chosen.sort((one, other) => one.line - other.line);
  }

  private isAllowed(kind: ProblemKind): boolean {
    return (this.allowed as readonly ProblemKind[]).includes(kind);
  }

  private countsWhere(wanted: (kind: ProblemKind) => boolean): Counts {
    return Object.fromEntries([...this.counts].filter(([kind]) => wanted(kind)));
  }
}
