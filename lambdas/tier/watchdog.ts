export interface WatchdogLimits {
  /** Milliseconds to the first sign of life. */
  readonly firstSignMs: number;
  /** Milliseconds between two signs, once it speaks. */
  readonly gapMs: number;
  /** The same before its first word, while it may be thinking. */
  readonly thoughtMs: number;
  /** Epoch milliseconds at which the call must have ended. */
  readonly deadline: number;
  /** The same of a model that has begun to speak. @default - deadline */
  readonly speakUntil?: number | undefined;
  /** Aborted when the caller has left. @default - nobody leaves */
  readonly left?: AbortSignal | undefined;
}

/** Why a call was ended: no sign at all, none any more, signs until the time was up, or nobody listens any more. */
export type Expiry = 'timeout' | 'stalled' | 'deadline' | 'abandoned';

/** A timer that is so late has waited for an instance that stood still itself, as a virtual machine does that is paused. */
const STALL_MS = 250;

/** Ends a call of a model that is silent, falls silent, or outlasts its time. */
export class Watchdog {
  private readonly abort = new AbortController();
  private readonly over = new Promise<void>((resolve) => {
    this.abort.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  /** Epoch milliseconds from which its silence counts. */
  private silentSince = Date.now();
  private signed = false;
  private spoken = false;
  private timer: NodeJS.Timeout | undefined;
  private ended: Expiry | undefined;
  private stopped = false;
  private paused = false;
  private longestPause = 0;

  constructor(private readonly limits: WatchdogLimits) {
    if (limits.left?.aborted === true) this.abandon();
    limits.left?.addEventListener('abort', this.abandon);
    this.arm();
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Why it has ended the call, if it has. */
  get expiry(): Expiry | undefined {
    return this.ended;
  }

  get hasSign(): boolean {
    return this.signed;
  }

  get hasSpoken(): boolean {
    return this.spoken;
  }

  /** The model has shown that it lives, and whether it has spoken yet. */
  sign(hasSpoken: boolean): void {
    this.silentSince = Date.now();
    // It costs no timer, but where another limit begins to hold: the one that is set looks at the time of the last sign.
    if (this.signed && hasSpoken === this.spoken) return;
    this.signed = true;
    this.spoken = hasSpoken;
    clearTimeout(this.timer);
    this.arm();
  }

  /** How long it has been silent of its time; this instance may have looked later. */
  get silentMs(): number {
    return Math.min(Date.now(), this.endsAt) - this.silentSince;
  }

  /** The longest that its caller has kept it waiting. */
  get longestPauseMs(): number {
    return this.longestPause;
  }

  /** While its caller takes no more, the model is not asked for more, and its silence says nothing; its time goes on. */
  async pauseWhile(taking: Promise<void>): Promise<void> {
    const began = Date.now();
    this.paused = true;
    await Promise.race([taking, this.over]);
    this.paused = false;
    this.silentSince = Date.now();
    this.longestPause = Math.max(this.longestPause, this.silentSince - began);
    clearTimeout(this.timer);
    if (!this.stopped) this.arm();
  }

  /** Enough has been heard. */
  hangUp(): void {
    this.stopped = true;
    this.abort.abort();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.limits.left?.removeEventListener('abort', this.abandon);
  }

  private readonly abandon = (): void => {
    this.ended ??= 'abandoned';
    this.abort.abort();
  };

  private get endsAt(): number {
    const { deadline, speakUntil = deadline } = this.limits;
    return this.spoken ? speakUntil : deadline;
  }

  private dueAt(): number {
    if (this.paused) return this.endsAt;
    const { firstSignMs, gapMs, thoughtMs } = this.limits;
    const limitMs = this.signed ? (this.spoken ? gapMs : thoughtMs) : firstSignMs;
    return Math.min(this.silentSince + limitMs, this.endsAt);
  }

  // Not AbortSignal.timeout, whose timer would live on for the whole deadline after each answer.
  private arm(): void {
    const dueAt = this.dueAt();
    this.timer = setTimeout(() => {
      // What has arrived while the event loop was busy is read first.
      setImmediate(() => {
        if (this.stopped) return;
        // Who stood still has listened to no silence: it counts anew.
        if (Date.now() - dueAt > STALL_MS) this.silentSince = Date.now();
        if (Date.now() < this.dueAt()) this.arm();
        else this.expire();
      });
    }, dueAt - Date.now());
  }

  private expire(): void {
    if (Date.now() >= this.endsAt) this.ended ??= 'deadline';
    else this.ended ??= this.signed ? 'stalled' : 'timeout';
    this.abort.abort();
  }
}
