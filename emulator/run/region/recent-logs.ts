/** Lines that are kept: at a kilobyte each, a megabyte or two. */
const MAX_LINES = 1_000;

/** One line that a function or a service of the region has logged. */
export interface LogLine {
  /** Counts the region's lines, from 1. */
  readonly sequence: number;
  /** A function's name, or the service that wrote it. */
  readonly source: string;
  readonly line: string;
}

/** The latest lines of a region, as an operator would read them in CloudWatch Logs. */
export class RecentLogs {
  private readonly lines: LogLine[] = [];
  private count = 0;

  record(source: string, line: string): void {
    this.lines.push({ sequence: (this.count += 1), source, line });
    // Not at each line: that would move them all.
    if (this.lines.length >= 2 * MAX_LINES) this.lines.splice(0, MAX_LINES);
  }

  /**
   * @param most so many of the latest
   * @returns the lines after this number, the oldest first; those that are gone are missing
   */
  since(sequence: number, most = MAX_LINES): readonly LogLine[] {
    const first = this.lines[0]?.sequence ?? 1;
    return this.lines.slice(Math.max(0, sequence + 1 - first)).slice(-Math.min(most, MAX_LINES));
  }
}
