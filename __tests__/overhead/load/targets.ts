import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { Agent, request } from 'node:http';
import { DEMO_KEY } from '../../../contract/callers';
import type { TierEvent, TierOutcome } from '../../../contract/workflow';
import type { Target } from './closed-loop';

export type TargetOptions =
  /** `module` exports a handler that is the SDK's call and nothing else. */
  | { readonly kind: 'bare'; readonly module: string; readonly input: ConverseCommandInput }
  /** `module` is the primary-model function's bundle. */
  | {
      readonly kind: 'handler';
      readonly module: string;
      readonly body: string;
      /** 0: the caller has no limit, and nothing is counted. */
      readonly tokensPerDay: number;
    }
  /** The API's own URL. */
  | { readonly kind: 'path'; readonly url: string; readonly body: string };

type Handler<Event, Result> = (event: Event) => Promise<Result>;

/** @throws what the module throws while it loads */
export function createTarget(options: TargetOptions): Target {
  switch (options.kind) {
    case 'bare':
      return bareCall(load(options.module), options.input);
    case 'handler':
      return primaryHandler(load(options.module), options);
    case 'path':
      return localPath(new URL(options.url), options.body);
  }
}

const load = <Event, Result>(module: string): Handler<Event, Result> =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as Lambda's runtime loads a CommonJS bundle
  (require(module) as { handler: Handler<Event, Result> }).handler;

const bareCall = (
  converse: Handler<ConverseCommandInput, string>,
  input: ConverseCommandInput,
): Target<string> => ({
  call: () => converse(input),
  tierOf: (text) => (text === '' ? 'no text' : 'primary'),
});

const primaryHandler = (
  handler: Handler<TierEvent, TierOutcome>,
  { body, tokensPerDay }: { readonly body: string; readonly tokensPerDay: number },
): Target<TierOutcome> => ({
  call: () =>
    handler({
      source: 'caller',
      caller: 'bench',
      tokensPerDay: String(tokensPerDay),
      requestId: 'bench',
      startedAt: new Date().toISOString(),
      body,
      bodyTooLarge: false,
    }),
  tierOf: (outcome) =>
    'response' in outcome ? tierIn(outcome.response.body) : `unanswered: ${outcome.unanswered.reason}`,
});

/** A client of the API with kept connections, and a new set of them for each target. */
function localPath(url: URL, body: string): Target<{ readonly status: number; readonly body: string }> {
  const agent = new Agent({ keepAlive: true });
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'x-api-key': DEMO_KEY,
  };
  return {
    call: () =>
      new Promise((resolve, reject) => {
        const outgoing = request(url, { agent, method: 'POST', headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
          });
        });
        outgoing.once('error', reject);
        outgoing.end(body);
      }),
    tierOf: (answer) => (answer.status === 200 ? tierIn(answer.body) : `status ${answer.status}`),
    close: () => {
      agent.destroy();
    },
  };
}

const tierIn = (body: string): string => (JSON.parse(body) as { tier?: string }).tier ?? body;
