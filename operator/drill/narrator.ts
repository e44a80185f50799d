import type { Change } from '@assistant/emulator';
import { outcome, type RequestRecord } from './drill-log';
import { seconds } from './verdict';

/** The column of a line at which what it tells begins, after its time. */
export const TOLD_FROM = 12;

/** Tells what changes while a drill runs, a line each; times count from the primary's loss. */
export class Narrator {
  private from: number | undefined;
  private readonly pending: { readonly at: number; readonly text: string }[] = [];
  private told = 0;
  private latest: { readonly who: string; readonly startedAt: number } | undefined;

  /** @param now emulated epoch milliseconds */
  constructor(
    private readonly now: () => number,
    private readonly write: (line: string) => void,
  ) {}

  begin(takenAwayAt: number, description: string): void {
    this.from = takenAwayAt;
    this.note(description);
  }

  note(text: string): void {
    this.line(this.now(), text);
    this.flush();
  }

  /** @param history the whole of it; what was told before, or happened before the loss, is left out */
  changes(history: readonly Change[]): void {
    const { from } = this;
    if (from === undefined) return;
    const due = history.filter(({ at }) => at >= from);
    for (const change of due.slice(this.told)) this.line(change.at, describeChange(change));
    this.told = due.length;
    this.flush();
  }

  /** Tells the first request of each turn of one answerer, and when the last turn ended. */
  request({ startedAt, first }: RequestRecord): void {
    const who = outcome(first);
    const { latest } = this;
    // Requests end in another order than they began.
    if (latest !== undefined && startedAt < latest.startedAt) return;
    this.latest = { who, startedAt };
    if (who === latest?.who) return;
    const before = latest ? ` (until ${this.offset(latest.startedAt)}: ${latest.who})` : '';
    this.line(startedAt, `requests: ${who}${before}`);
  }

  private line(at: number, text: string): void {
    this.pending.push({ at, text });
  }

  /** Writes what has come together since the last time, in the order in which it happened. */
  private flush(): void {
    for (const { at, text } of this.pending.splice(0).sort((one, other) => one.at - other.at)) {
      this.write(`${this.offset(at).padStart(TOLD_FROM - 2)}  ${text}`);
    }
  }

  private offset(at: number): string {
    return this.from === undefined ? 'before' : seconds(at - this.from);
  }
}

export function describeChange(change: Change): string {
  if (change.kind === 'answer') return `${change.name} leads to the ${change.setIdentifier}`;
  return `health check ${change.name}: ${change.healthy ? 'healthy' : 'unhealthy'} (${change.reason})`;
}
