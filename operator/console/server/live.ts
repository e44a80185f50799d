import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import { moveSeconds } from '../../../contract/failover';
import type { About, Happening, Job, Line, Picture } from '../picture';

/** What is so, and what has happened since the last look. */
export interface Look {
  readonly picture: Omit<Picture, 'job'>;
  readonly happened: readonly Happening[];
  readonly lines: readonly Line[];
}

/** Looks at a system. */
export interface Looker {
  look(): Promise<Look>;
  /** Something was changed: what it has kept is old. */
  forget?(): void;
}

/** Between two looks at the system while somebody watches, in milliseconds; the longer after one that saw nothing new. */
const LOOK_MS = 1_000;
const QUIET_MS = 2_000;

/** A connection without news says that it lives, every so many milliseconds. */
const HEARTBEAT_MS = 15_000;

/** What a page that comes later is told of before. */
const MAX_LINES = 1_000;
const MAX_HAPPENINGS = 500;

/** A page that does not read is let go: it asks again, and begins with what is so then. */
const MAX_UNREAD_BYTES = 2 * 1024 * 1024;
const MAX_READERS = 20;

export const aboutOf = (
  { project, healthCheck }: Pick<AssistantConfig, 'project' | 'healthCheck'>,
  tools: About['tools'],
): About => ({
  project,
  failover: { ...healthCheck, moveSeconds: moveSeconds({ healthCheck }) },
  tools,
});

/** Tells pages what a system is like, by server-sent events, as long as one listens. */
export class Live {
  private readonly readers = new Set<ServerResponse>();
  private readonly lines: Line[] = [];
  private readonly happened: Happening[] = [];
  private readonly sent = new Map<string, string>();
  private picture: Picture | undefined;
  private job: Job | null = null;
  private isLooking = false;
  private wake = new AbortController();

  constructor(
    private readonly about: About,
    private readonly looker: Looker,
  ) {}

  join(response: ServerResponse): void {
    if (this.readers.size >= MAX_READERS) {
      response.writeHead(503, { 'Retry-After': '10' }).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const told = Object.fromEntries(
      [...this.sent].map(([name, json]) => [name, JSON.parse(json) as unknown]),
    );
    response.write(
      event('hello', { about: this.about, lines: this.lines, happened: this.happened, ...told }),
    );
    this.readers.add(response);
    const heartbeat = setInterval(() => response.write(': alive\n\n'), HEARTBEAT_MS);
    response.once('close', () => {
      clearInterval(heartbeat);
      this.readers.delete(response);
    });
    if (!this.isLooking) void this.look();
  }

  /** Looks at once at all: something was changed. */
  refresh(): void {
    this.looker.forget?.();
    this.wake.abort();
  }

  showJob(job: Job): void {
    this.job = job;
    if (this.picture !== undefined) this.show({ ...this.picture, job });
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    while (this.readers.size > 0) {
      this.wake = new AbortController();
      // A look that fails is one of a system that ends, or of a service in trouble: the next one tells.
      const isQuiet = await this.lookOnce().catch(() => false);
      const pauseMs = isQuiet ? QUIET_MS : LOOK_MS;
      await sleep(pauseMs, undefined, { signal: this.wake.signal }).catch(() => undefined);
    }
    this.isLooking = false;
  }

  /** @returns whether there is nothing new */
  private async lookOnce(): Promise<boolean> {
    const { picture, happened, lines } = await this.looker.look();
    if (lines.length > 0) this.tell('lines', keep(this.lines, lines, MAX_LINES));
    if (happened.length > 0) this.tell('happened', keep(this.happened, happened, MAX_HAPPENINGS));
    return !this.show({ ...picture, job: this.job }) && lines.length === 0 && happened.length === 0;
  }

  /** @returns whether there is anything new in it */
  private show(picture: Picture): boolean {
    this.picture = picture;
    const changed = Object.entries(picture).filter(([name, section]) => {
      const json = JSON.stringify(section);
      if (this.sent.get(name) === json) return false;
      this.sent.set(name, json);
      return true;
    });
    if (changed.length > 0) this.tell('picture', Object.fromEntries(changed));
    return changed.length > 0;
  }

  private tell(name: string, data: unknown): void {
    for (const reader of this.readers) {
      if (reader.writableLength > MAX_UNREAD_BYTES) reader.destroy();
      else reader.write(event(name, data));
    }
  }
}

const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** @returns what is new */
function keep<T>(kept: T[], fresh: readonly T[], most: number): readonly T[] {
  kept.push(...fresh);
  kept.splice(0, kept.length - most);
  return fresh;
}
