import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { Agent, request } from 'node:http';
import { Writable } from 'node:stream';
import { DEMO_KEY } from '../../../contract/callers';
import type { TierEvent, TierOutcome } from '../../../contract/workflow';
import type { ProxyEvent } from '../../../lambdas/chat/http';
import type { BareAnswer } from '../bare/converse';
import type { Target } from './closed-loop';

export type TargetOptions =
  /** `module` exports a handler that is the SDK's call and nothing else; `firstToken` is timed until then. */
  | { readonly kind: 'bare' | 'firstToken'; readonly module: string; readonly input: ConverseCommandInput }
  /** `module` is the primary-model function's bundle; of `firstDelta`, the streaming function's, timed until then. */
  | {
      readonly kind: 'handler' | 'firstDelta';
      readonly module: string;
      readonly body: string;
      /** 0: the caller has no limit, and nothing is counted. */
      readonly tokensPerDay: number;
    }
  /** The API's own URL. */
  | { readonly kind: 'path'; readonly url: string; readonly body: string };

type Handler<Event, Result> = (event: Event, response?: Writable) => Promise<Result>;

/** @throws what the module throws while it loads */
export function createTarget(options: TargetOptions): Target {
  switch (options.kind) {
    case 'bare':
      return bareCall(load(options.module), options.input);
    case 'firstToken':
      return { ...bareCall(load(options.module), options.input), latencyOf: firstOf };
    case 'firstDelta':
      return streamingHandler(options);
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
  converse: Handler<ConverseCommandInput, BareAnswer>,
  input: ConverseCommandInput,
): Target<BareAnswer> => ({
  call: () => converse(input),
  tierOf: ({ text }) => (text === '' ? 'no text' : 'primary'),
});

const firstOf = ({ firstMs }: BareAnswer): number => firstMs;

type Asked = Pick<
  Extract<TargetOptions, { kind: 'handler' | 'firstDelta' }>,
  'module' | 'body' | 'tokensPerDay'
>;

const primaryHandler = (
  handler: Handler<TierEvent, TierOutcome>,
  { body, tokensPerDay }: Asked,
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

/** `POST /stream` as Lambda's runtime hands it over, whose caller takes each event at once. */
function streamingHandler({ module, body, tokensPerDay }: Asked): Target<BareAnswer> {
  Object.assign(globalThis, {
    awslambda: {
      streamifyResponse: (handler: unknown) => handler,
      HttpResponseStream: { from: (stream: unknown) => stream },
    },
  });
  const handler = load<ProxyEvent, unknown>(module);
  const authorizer = { principalId: 'bench', tokensPerDay: String(tokensPerDay) };
  const event: ProxyEvent = {
    httpMethod: 'POST',
    resource: '/stream',
    pathParameters: null,
    headers: {},
    body,
    requestContext: { extendedRequestId: 'bench', authorizer },
  };
  return {
    call: async () => {
      const began = performance.now();
      const answer = { text: '', firstMs: Infinity };
      const response = new Writable({
        write: (chunk, _, taken) => {
          answer.text += String(chunk);
          if (answer.firstMs === Infinity && answer.text.includes('event: delta\n'))
            answer.firstMs = performance.now() - began;
          taken();
        },
      });
      await handler(event, response);
      return answer;
    },
    tierOf: ({ text }) =>
      tierIn(/^event: end\ndata: (.*)$/m.exec(text)?.[1] ?? JSON.stringify({ tier: text })),
    latencyOf: firstOf,
  };
}

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
