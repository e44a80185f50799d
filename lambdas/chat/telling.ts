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

/** What the caller has been shown, and what of it stands. */
export type Shown =
  | { readonly kind: 'nothing' }
  /** All of `text` stands; its last `own` characters are of who speaks now. */
  | { readonly kind: 'speaking'; readonly text: string; readonly own: number }
  /** Who spoke has fallen silent. `text` stands if the next one goes on from it, which `seam` tells as it listens. */
  | { readonly kind: 'broken'; readonly reason: string; readonly text: string; readonly seam: Seam }
  /** The next one does not go on from it, and is not listened to. */
  | { readonly kind: 'misfit'; readonly reason: string }
  /** Nothing of it stands: the next word takes it back. */
  | { readonly kind: 'void'; readonly reason: string };

type Words = Pick<Extract<ChatEvent, { readonly type: 'delta' }>, 'text' | 'filter'>;

/** What comes of a model that was asked. */
export type Happening =
  | ({ readonly kind: 'said'; readonly from: Speaker } & Words)
  /** Its answer is over: `text` is all of it, told or not. */
  | ({ readonly kind: 'ended'; readonly from: Speaker; readonly stopReason: string | null } & Words)
  /** It has fallen silent; `mayGoOn`: the next one is asked to go on from what it said. */
  | { readonly kind: 'failed'; readonly reason: string; readonly mayGoOn: boolean }
  /** It is asked once more, without what was shown. */
  | { readonly kind: 'asked_anew' };

type Told = readonly [after: Shown, ...events: ChatEvent[]];

/**
 * What there is to tell of what happens, as a function that is pure but for the seam, which listens: one start, then text,
 * with a restart or a continuation wherever who speaks changes.
 */
export function tell(shown: Shown, happening: Happening): Told {
  switch (happening.kind) {
    case 'said':
      return said(shown, happening.from, happening);
    case 'ended':
      return ended(shown, happening);
    case 'failed':
      return [failed(shown, happening)];
    case 'asked_anew':
      return [shown.kind === 'misfit' ? { kind: 'void', reason: shown.reason } : shown];
  }
}

function said(shown: Shown, from: Speaker, { text, filter }: Words): Told {
  const delta = { type: 'delta', text, ...(filter && { filter }) } as const;
  const anew = { kind: 'speaking', text, own: text.length } as const;
  switch (shown.kind) {
    case 'nothing':
      return [anew, { type: 'start', from }, delta];
    case 'void':
      return [anew, { type: 'restart', reason: shown.reason, from }, delta];
    case 'speaking':
      return [{ ...anew, text: shown.text + text, own: shown.own + text.length }, delta];
    case 'broken':
      return joined(shown, from, shown.seam.add(text));
    case 'misfit':
      return [shown];
  }
}

function joined(shown: Broken, from: Speaker, joint: Joint | undefined): Told {
  const { reason, text } = shown;
  if (joint === undefined) return [shown];
  if (!joint.isFit) return [{ kind: 'misfit', reason }];
  const { rest } = joint;
  const speaking = { kind: 'speaking', text: text + rest, own: rest.length } as const;
  const goesOn = { type: 'continue', reason, from } as const;
  return rest === '' ? [speaking, goesOn] : [speaking, goesOn, { type: 'delta', text: rest }];
}

function ended(shown: Shown, { from, stopReason, ...words }: Of<'ended'>): Told {
  const { text, filter } = words;
  if (filter !== undefined) {
    const isAllThatStands =
      shown.kind === 'speaking' && shown.own === text.length && shown.text.length === shown.own;
    const taken: Shown = shown.kind === 'nothing' ? shown : { kind: 'void', reason: stopReason ?? filter };
    return isAllThatStands ? [shown] : said(taken, from, words);
  }
  switch (shown.kind) {
    case 'nothing':
    case 'void':
      return said(shown, from, words);
    case 'broken': {
      const seam = new Seam(shown.text);
      return joined(shown, from, seam.add(text) ?? seam.end());
    }
    case 'speaking':
    case 'misfit':
      return [shown];
  }
}

function failed(shown: Shown, { reason, mayGoOn }: Of<'failed'>): Shown {
  switch (shown.kind) {
    case 'nothing':
    case 'misfit':
      return shown;
    case 'void':
      return { kind: 'void', reason };
    case 'speaking':
    case 'broken': {
      const { kind, text } = shown;
      // With what was shown, it was: the question alone may not be.
      if (kind === 'broken' && reason === 'input_too_long') return { kind: 'misfit', reason: shown.reason };
      // What a model has ended so is nothing to go on from.
      return mayGoOn && reason !== 'no_answer'
        ? { kind: 'broken', reason, text, seam: new Seam(text) }
        : { kind: 'void', reason };
    }
  }
}

type Broken = Extract<Shown, { readonly kind: 'broken' }>;
type Of<Kind extends Happening['kind']> = Extract<Happening, { readonly kind: Kind }>;

/** Tells a caller what happens. */
export class Telling {
  shown: Shown = { kind: 'nothing' };

  constructor(private readonly sink: Sink) {}

  /** All that stands. */
  get text(): string {
    return this.shown.kind === 'speaking' ? this.shown.text : '';
  }

  /** What was said can neither be gone on from nor be taken back: no other model is asked. */
  get isLost(): boolean {
    return this.shown.kind === 'void' && !this.sink.restarts;
  }

  /** @returns a promise, where the caller takes no more for the moment */
  take(happening: Happening): Promise<void> | undefined {
    const [after, ...events] = tell(this.shown, happening);
    this.shown = after;
    let taking: Promise<void> | undefined;
    for (const event of events) taking = this.sink.send(event);
    return taking;
  }
}
