/** One request that reached Bedrock with a valid signature. */
export interface Call {
  /** milliseconds since the epoch */
  readonly at: number;
  readonly modelId: string;
  /** accessKeyId that signed it */
  readonly caller: string;
  /** parsed body as it came, valid or not */
  readonly request: unknown;
}

export interface Calls {
  readonly byModel: Readonly<Record<string, number>>;
  /** the latest ones, the earliest of them first */
  readonly last: readonly Call[];
}

const KEPT = 50;

/** Counts the calls of each model and remembers the latest. */
export class CallLog {
  private readonly counts = new Map<string, number>();
  private last: readonly Call[] = [];

  record(call: Call): void {
    this.counts.set(call.modelId, (this.counts.get(call.modelId) ?? 0) + 1);
    this.last = [...this.last, call].slice(-KEPT);
  }

  calls(): Calls {
    return { byModel: Object.fromEntries(this.counts), last: this.last };
  }
}
