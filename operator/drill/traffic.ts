import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { ErrorAnswer, ModelAnswer, DegradedAnswer } from '../../contract/api';
import { DEMO_KEY } from '../../contract/callers';
import type { Attempt, RequestRecord } from './drill-log';
import type { EmulatedTime } from './emulated-time';

/** API Gateway answers within 29 s. */
const TIMEOUT_MS = 30_000;

/** Few tokens in and out: it asks whether a model answers, not what. */
const QUESTION = JSON.stringify({ question: 'Reply with the word OK.' });

/** A key or token for those who ask a deployment; on a laptop, everybody knows one. */
export const KEY_VARIABLE = 'ASSISTANT_KEY';

/** In both headers, since a deployment may look at one alone. */
export const credentials = () => {
  const key = process.env[KEY_VARIABLE] ?? DEMO_KEY;
  return { 'x-api-key': key, Authorization: `Bearer ${key}` };
};

/** One attempt, without its times. It always comes to an end, and never throws. */
export type Outcome = Omit<Attempt, 'endedAt'>;

export type Ask = (url: URL) => Promise<Outcome>;

export const ask: Ask = async (url) => {
  try {
    return await readResponse(await post(url, QUESTION));
  } catch (error) {
    return nothing(error);
  }
};

/** Of what ended without a response. */
export function nothing(error: unknown): Outcome {
  const { code, message } = error as { code?: string; message: string };
  return { error: code ?? message };
}

/** Over a connection of its own, since one that is kept open follows no DNS. */
export function post(url: URL, body: string): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    request(
      url,
      {
        method: 'POST',
        agent: false,
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          ...credentials(),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      },
      resolve,
    )
      .on('error', reject)
      .end(body);
  });
}

async function readResponse(response: IncomingMessage): Promise<Outcome> {
  return outcomeOf(response.statusCode ?? 0, parse(await text(response)));
}

export function outcomeOf(status: number, body: Body | undefined): Outcome {
  if (body !== undefined && 'tier' in body && status === 200) {
    return { status, answerer: { region: body.region, tier: body.tier } };
  }
  const code = body !== undefined && 'error' in body ? body.error.code : 'unreadable';
  return { status, error: `${status} ${code}` };
}

export type Body = ModelAnswer | DegradedAnswer | ErrorAnswer;

/** @returns undefined for what is no JSON object; proxies on the way have pages of their own */
export function parse(body: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Body) : undefined;
  } catch {
    return undefined;
  }
}

interface TrafficOptions {
  readonly url: URL;
  /** Requests in a real second. */
  readonly rate: number;
  readonly time: EmulatedTime;
  /** Takes each request when it has ended. */
  readonly onRequest: (request: RequestRecord) => void;
  /** Whom each request is of: it asks, and once more where there was no answer. @default one question over HTTP */
  readonly next?: () => Asker;
}

export interface Asker {
  readonly ask: Ask;
  /** Told when the request has ended. */
  readonly done?: () => void;
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
    const { next = () => ({ ask }) } = this.options;
    const asker: Asker = next();
    const first = await this.attempt(asker);
    const request = { startedAt, first, ...(!first.answerer && { retry: await this.attempt(asker) }) };
    asker.done?.();
    this.ended.push(request);
    this.options.onRequest(request);
  }

  private async attempt(asker: Asker): Promise<Attempt> {
    const { url, time } = this.options;
    const outcome = await asker.ask(url);
    return { ...outcome, endedAt: time.now() };
  }
}
