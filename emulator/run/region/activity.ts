import type { Tier } from '../../../contract/api';
import { Backlog } from '../backlog';

/** What the functions' own logs say of a region's work for its callers. */
export interface ActivitySnapshot {
  readonly requests: Readonly<Record<Tier | 'refused', number>>;
  /** The model rules that the latest answer was given by, by the function's own word. */
  readonly answeredBy?: { readonly source: string; readonly version: string };
}

/** Fields of a function's log line that the activity is read from. */
interface LogLine {
  readonly message?: unknown;
  readonly source?: unknown;
  readonly tier?: unknown;
  readonly configurationSource?: unknown;
  readonly configurationVersion?: unknown;
}

/** Reads the region's activity off its functions' structured logs, as an operator would off CloudWatch's. */
export class Activity {
  private readonly requests = { primary: 0, fallback: 0, degraded: 0, refused: 0 };
  private answeredBy: ActivitySnapshot['answeredBy'];
  private readonly lines = new Backlog<string>((line) => {
    this.read(line);
  });

  /** @param line one line of a function's log; what is no structured line counts for nothing */
  record(line: string): void {
    this.lines.add(line);
  }

  snapshot(): ActivitySnapshot {
    this.lines.catchUp();
    return { requests: { ...this.requests }, ...(this.answeredBy && { answeredBy: this.answeredBy }) };
  }

  private read(line: string): void {
    const { message, source, tier, configurationSource, configurationVersion } = parse(line);
    if (source === 'canary') return;
    if (message === 'request_refused') this.requests.refused += 1;
    if (message === 'degraded') this.requests.degraded += 1;
    if (message !== 'answered') return;
    if (tier === 'primary' || tier === 'fallback') this.requests[tier] += 1;
    this.answeredBy = { source: String(configurationSource), version: String(configurationVersion) };
  }
}

function parse(line: string): LogLine {
  if (!line.startsWith('{')) return {};
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}
