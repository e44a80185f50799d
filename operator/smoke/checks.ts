import { setTimeout as sleep } from 'node:timers/promises';
import type { core } from 'zod';
import { errorAnswerSchema, healthAnswerSchema, modelAnswerSchema } from '../../contract/api';
import { modelListSchema } from '../../contract/openai';
import { STREAM_EVENTS } from '../../contract/stream';
import { describeError, withoutRerun } from '../command/errors';
import { faultsText } from '../command/files';

/** A name by which callers, or Route 53, reach the assistant. */
export interface Endpoint {
  readonly name: string;
  /** Ends with a slash. */
  readonly url: URL;
  /** The AWS region that has to answer; of the failover name, either may. */
  readonly region?: string;
}

interface Asked {
  /** Of a caller, or a token. */
  readonly key: string;
  /** Whether the configuration refuses who shows none. */
  readonly needsKey: boolean;
}

interface Result {
  readonly endpoint: string;
  readonly check: string;
  readonly passed: boolean;
  /** What was seen, or what was wrong: nothing of an answer's text. */
  readonly seen: string;
  readonly ms: number;
}

/** API Gateway answers within 29 s. */
const TIMEOUT_MS = 30_000;

/** Names and certificates come into force by themselves. */
const AGAIN_MS = 5_000;

/** Few tokens in and out. */
const QUESTION = { question: 'Reply with the word OK.' };

/** @returns what was seen. @throws Error with what was wrong */
type Check = (endpoint: Endpoint, asked: Asked) => Promise<string>;

const CHECKS: Readonly<Record<string, Check>> = {
  health: async ({ url, region }) => {
    const { configuration, region: seen } = await expectJson(healthAnswerSchema, 200, new URL('health', url));
    requireRegion(region, seen);
    if (configuration?.source !== 'appconfig')
      throw new Error('The model rules are those of the bundle: AppConfig gave none.');
    return `${seen}, rules ${configuration.version}`;
  },
  'no key': async ({ url }, { needsKey }) => {
    if (!needsKey) return 'nobody needs one (callers.mode is none)';
    const { error } = await expectJson(errorAnswerSchema, 401, url, QUESTION);
    return `401 ${error.code}`;
  },
  'bad request': async ({ url }, { key }) => {
    const { error } = await expectJson(errorAnswerSchema, 400, url, { question: '' }, key);
    if (error.field !== 'question') throw new Error('The field is not named.');
    return '400, names the field';
  },
  question: async ({ url, region }, { key }) => {
    const answer = await expectJson(modelAnswerSchema, 200, url, QUESTION, key);
    requireRegion(region, answer.region);
    return `${answer.region}, ${answer.tier} ${answer.model}`;
  },
  stream: async ({ url, region }, { key }) => {
    const response = await send(new URL('stream', url), QUESTION, key);
    const events = (await response.text()).split('\n\n').flatMap((block) => {
      const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      return name === undefined ? [] : [{ name, data }];
    });
    const [first, last] = [events[0], events.at(-1)];
    if (first?.name !== 'start' || last?.name !== 'end')
      throw new Error(`The status is ${response.status}, and the stream is not whole.`);
    const { region: seen, tier } = parse(STREAM_EVENTS.start, JSON.parse(first.data));
    requireRegion(region, seen);
    if (parse(STREAM_EVENTS.end, JSON.parse(last.data)).degraded) throw new Error('No model answers.');
    return `${seen}, ${tier}, ${events.filter(({ name }) => name === 'delta').length} deltas`;
  },
  'request types': async ({ url }, { key }) => {
    const { data } = await expectJson(modelListSchema, 200, new URL('v1/models', url), undefined, key);
    return data.map(({ id }) => id).join(', ');
  },
};

/** @param waitMs for how long what fails is looked at again */
export async function lookAt(endpoint: Endpoint, asked: Asked, waitMs: number): Promise<readonly Result[]> {
  const until = Date.now() + waitMs;
  const results: Result[] = [];
  for (const [check, look] of Object.entries(CHECKS)) {
    for (;;) {
      const began = performance.now();
      const { passed, seen } = await look(endpoint, asked).then(
        (found) => ({ passed: true, seen: found }),
        (error: unknown) => ({ passed: false, seen: problemOf(error) }),
      );
      if (!passed && Date.now() + AGAIN_MS < until) {
        await sleep(AGAIN_MS);
        continue;
      }
      results.push({
        endpoint: endpoint.name,
        check,
        passed,
        seen,
        ms: Math.round(performance.now() - began),
      });
      break;
    }
  }
  return results;
}

async function send(url: URL, body?: object, key?: string): Promise<Response> {
  const headers = {
    ...(body && { 'Content-Type': 'application/json' }),
    // In both headers, since a deployment may look at one alone.
    ...(key !== undefined && { 'x-api-key': key, Authorization: `Bearer ${key}` }),
  };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return fetch(url, {
    headers,
    signal,
    redirect: 'error',
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Issues };
}

interface Issues {
  readonly issues: readonly core.$ZodIssue[];
}

async function expectJson<T>(
  schema: Schema<T>,
  status: number,
  ...request: Parameters<typeof send>
): Promise<T> {
  const response = await send(...request);
  const body: unknown = await response.json().catch(() => undefined);
  const { error, degraded } = (body ?? {}) as {
    readonly error?: { readonly code?: string };
    readonly degraded?: unknown;
  };
  if (response.status !== status)
    throw new Error(
      `The status is ${response.status} ${error?.code ?? 'without a code'}, and not ${status}.`,
    );
  if (degraded === true) throw new Error('No model answers.');
  return parse(schema, body);
}

function parse<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`It is not as the contract has it: ${faultsText(parsed.error.issues)}.`);
}

function requireRegion(expected: string | undefined, seen: string): void {
  if (expected !== undefined && seen !== expected) throw new Error(`${seen} answers, and not ${expected}.`);
}

/** Of `fetch`, the cause says more than the error. */
const problemOf = (error: unknown): string =>
  withoutRerun(
    describeError(error instanceof TypeError && error.cause instanceof Error ? error.cause : error),
  );
