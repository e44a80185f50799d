import type { Context, ErrorAnswer, ModelAnswer, Tier, Usage } from '../../contract/api';
import type { ModelReply } from '../tier/converse';
import { Seam, type Joint } from '../tier/seam';

/** Who speaks. */
export interface Speaker {
  readonly tier: Tier;
  readonly model: string | null;
}

/** What becomes of a request, as it becomes it; `error` and `end` are the last. */
export type ChatEvent =
  | { readonly type: 'start'; readonly from: Speaker }
  | { readonly type: 'delta'; readonly text: string; readonly filter?: ModelReply['filter'] }
  /** What was said is void. */
  | { readonly type: 'restart'; readonly reason: string; readonly from: Speaker }
  /** What was said stands, and another model goes on. */
  | { readonly type: 'continue'; readonly reason: string; readonly from: Speaker }
  | {
      readonly type: 'end';
      readonly from: Speaker;
      readonly stopReason: string | null;
      readonly usage: Usage;
      readonly filter?: ModelReply['filter'];
      /** What the model was told of what was said before, where there was such. */
      readonly context?: Context;
      readonly conversation?: NonNullable<ModelAnswer['conversation']>;
      /** Where it is degraded. */
      readonly degraded?: { readonly reason: string; readonly retryAfterSeconds: number };
    }
  | {
      readonly type: 'error';
      readonly status: number;
      readonly error: ErrorAnswer['error'];
      readonly retryAfterSeconds?: number;
    };

/** Where events go: a writer of one protocol. */
export interface Sink {
  /** @returns a promise, where the caller takes no more for the moment */
  send(event: ChatEvent): Promise<void> | undefined;
  /** Aborted when the caller has left. */
  readonly left: AbortSignal;
  /** Whether what was said can be taken back. */
  readonly restarts: boolean;
}

/** What the caller has been told: one start, then text, with a restart or a continuation wherever who speaks changes. */
export class Telling {
  private hasStarted = false;
  /** Why who spoke last has fallen silent, with text on show. */
  private broken: string | undefined;
  /** Characters that stand of who speaks now. */
  private shown = 0;
  /** What stands of those who spoke before, where another is to go on from it. */
  private kept = '';
  /** Where the next one goes on, until that is told. */
  private seam: Seam | undefined;
  /** Aborted where it does not. */
  private readonly misfit = new AbortController();

  constructor(
    private readonly sink: Sink,
    private onBreak: 'restart' | 'continue',
  ) {}

  /** Aborted where nobody listens to who speaks now. */
  get left(): AbortSignal {
    return this.seam === undefined ? this.sink.left : AbortSignal.any([this.sink.left, this.misfit.signal]);
  }

  /** What was said can neither be gone on from nor be taken back: no other model is asked. */
  get isLost(): boolean {
    return this.broken !== undefined && this.kept === '' && !this.sink.restarts;
  }

  /** The caller has been told something. */
  get hasBegun(): boolean {
    return this.hasStarted;
  }

  /** What the next model is to go on from. */
  get standing(): string | undefined {
    return this.kept === '' ? undefined : this.kept;
  }

  /** @returns an answer's text with what stands before it, of a model that fell silent */
  whole(text: string): string {
    return this.kept === '' ? text : this.kept;
  }

  say(from: Speaker, text: string, filter?: ModelReply['filter']): Promise<void> | undefined {
    if (this.seam !== undefined) return this.join(from, this.seam.add(text));
    if (!this.hasStarted) void this.sink.send({ type: 'start', from });
    else if (this.broken !== undefined) void this.sink.send({ type: 'restart', reason: this.broken, from });
    this.hasStarted = true;
    this.broken = undefined;
    this.shown += text.length;
    if (this.onBreak === 'continue') this.kept += text;
    return this.sink.send({ type: 'delta', text, ...(filter && { filter }) });
  }

  /**
   * @param reply what it came to, if to any
   * @param failure what else
   * @returns false where who was to go on has begun something else, or cannot take what was said
   */
  goesOn(from: Speaker, reply: ModelReply | undefined, failure?: string): boolean {
    if (this.seam !== undefined && failure === 'input_too_long') return false;
    if (this.seam === undefined || this.sink.left.aborted || reply?.filter !== undefined) return true;
    if (reply !== undefined && !this.misfit.signal.aborted) {
      const seam = new Seam(this.kept);
      void this.join(from, seam.add(reply.text) ?? seam.end());
    }
    return !this.misfit.signal.aborted;
  }

  /** Who speaks has fallen silent; what there is to say of it, the next one's first word says. */
  broke(reason: string): void {
    if (this.hasStarted) this.broken = reason;
    this.shown = 0;
    if (this.kept !== '') this.seam = new Seam(this.kept);
  }

  /** What comes next is no continuation. */
  drop(): void {
    this.kept = '';
    this.seam = undefined;
    this.onBreak = 'restart';
  }

  /** Nobody waits for its caller to take it: what was used is counted first. */
  end(
    from: Speaker,
    {
      reply,
      context,
      conversation,
      degraded,
    }: Pick<End, 'context' | 'conversation' | 'degraded'> & { readonly reply: Reply },
  ): void {
    const { text, stopReason, usage, filter } = reply;
    const isAllThatStands = this.shown === text.length && this.kept.length <= this.shown;
    if (filter !== undefined && !isAllThatStands) {
      this.drop();
      this.broke(stopReason ?? filter);
    }
    // Of who has gone on, all is said that there was.
    if (this.shown === 0 && this.kept === '') void this.say(from, text, filter);
    const more = {
      ...(filter && { filter }),
      ...(context && { context }),
      ...(conversation && { conversation }),
      ...(degraded && { degraded }),
    };
    void this.sink.send({ type: 'end', from, stopReason, usage, ...more });
  }

  private join(from: Speaker, joint: Joint | undefined): Promise<void> | undefined {
    if (joint === undefined) return undefined;
    if (!joint.isFit) {
      this.misfit.abort();
      return undefined;
    }
    void this.sink.send({ type: 'continue', reason: this.broken ?? '', from });
    this.seam = undefined;
    this.broken = undefined;
    return joint.rest === '' ? undefined : this.say(from, joint.rest);
  }
}

type End = Extract<ChatEvent, { readonly type: 'end' }>;
type Reply = Pick<End, 'stopReason' | 'usage' | 'filter'> & { readonly text: string };
