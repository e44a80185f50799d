import type { ActedOutTime } from './acted-out-time';
import { ask, type Outcome } from './ask';
import type { Attempt, RequestRecord } from './drill-log';

export interface TrafficOptions {
  readonly url: URL;
  /** Requests in a real second. */
  readonly rate: number;
  readonly time: ActedOutTime;
  /** Takes each request when it has ended. */
  readonly onRequest: (request: RequestRecord) => void;
  /** @default over HTTP */
  readonly ask?: (url: URL) => Promise<Outcome>;
}

/** Requests at a steady rate, whatever becomes of those before. */
export class Traffic {
  private readonly ended: RequestRecord[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: TrafficOptions) {}

  start(): void {
    this.timer ??= setInterval(() => {
      const request = this.send().finally(() => this.underWay.delete(request));
      this.underWay.add(request);
    }, 1_000 / this.options.rate);
  }

  /** Sends no more, and waits for those under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
  }

  /** Those that have ended, in the order of their start. */
  requests(): readonly RequestRecord[] {
    return this.ended.toSorted((one, other) => one.startedAt - other.startedAt);
  }

  private async send(): Promise<void> {
    const startedAt = this.options.time.now();
    const first = await this.attempt();
    const request = { startedAt, first, ...(!first.answerer && { retry: await this.attempt() }) };
    this.ended.push(request);
    this.options.onRequest(request);
  }

  private async attempt(): Promise<Attempt> {
    const { url, time, ask: askOnce = ask } = this.options;
    const outcome = await askOnce(url);
    return { ...outcome, endedAt: time.now() };
  }
}
