import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_KEY } from '../../../contract/callers';
import type { StreamEvent } from '../../../contract/stream';

export interface ReadersOptions {
  /** Of `POST /stream`. */
  readonly url: string;
  readonly body: string;
  /** Streams that are open at once; where one ends, the next begins. */
  readonly open: number;
}

export interface ReadersCount {
  readonly open: number;
  readonly begun: number;
  /** Ended whole, by the primary model. */
  readonly whole: number;
  readonly deltas: number;
  /** What became of the others. */
  readonly lost: readonly string[];
}

/** A heartbeat comes every five seconds where nothing is said: who hears nothing for so long hears nothing more. */
const SILENCE_MS = 60_000;

const AT_A_TIME = 4;

/** Longer than the last event is. */
const TAIL = 2_000;

/** Many callers who each read one stream after the other. */
export class Readers {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly count = { open: 0, begun: 0, whole: 0, deltas: 0 };
  private readonly lost: string[] = [];
  private stopped = false;

  constructor(private readonly options: ReadersOptions) {}

  /** Opens a few at a time, since each starts an instance: what is measured is how many are open, not a rush. */
  async start(): Promise<void> {
    let left = this.options.open;
    const openAll = async () => {
      while (left-- > 0) {
        await new Promise<void>((resolve) => {
          void this.readOn(resolve);
        });
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, openAll));
  }

  read(): ReadersCount {
    return { ...this.count, lost: [...this.lost] };
  }

  /** What is open is given up, and not lost. */
  stop(): void {
    this.stopped = true;
    this.agent.destroy();
  }

  private async readOn(onBegun: () => void): Promise<void> {
    do {
      this.count.begun += 1;
      this.count.open += 1;
      const became = await this.readOne(onBegun).catch((error: unknown) => String(error));
      onBegun();
      this.count.open -= 1;
      if (became === 'whole') this.count.whole += 1;
      else if (!this.stopped) this.lost.push(became);
      // Who is refused at once does not ask without a pause.
      if (became !== 'whole') await sleep(1_000);
    } while (!this.stopped);
  }

  private readOne(onBegun: () => void): Promise<string> {
    const { url, body } = this.options;
    const headers = { 'Content-Type': 'application/json', 'x-api-key': DEMO_KEY };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { agent: this.agent, method: 'POST', headers }, (response) => {
        let tail = '';
        response.setEncoding('utf8');
        response.once('data', onBegun);
        response.on('data', (chunk: string) => {
          this.count.deltas += chunk.split('event: delta\n').length - 1;
          tail = (tail + chunk).slice(-TAIL);
        });
        response.once('error', reject);
        response.once('end', () => {
          resolve(response.statusCode === 200 ? endOf(tail) : `status ${response.statusCode}: ${tail}`);
        });
      });
      outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy(new Error(`nothing for ${SILENCE_MS} ms`)));
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}

/** @returns `whole`, or what there is in place of the primary model's end */
export function endOf(tail: string): string {
  const [, data] = /^event: end\ndata: (.*)\n\n$/m.exec(tail) ?? [];
  if (data === undefined) return `no end: ${tail.slice(-200)}`;
  const { tier, stopReason } = JSON.parse(data) as StreamEvent<'end'>;
  return tier === 'primary' && stopReason !== 'deadline' ? 'whole' : `${tier}, ${String(stopReason)}`;
}
