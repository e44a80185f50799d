import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { PORTS } from '@assistant/emulator';
import { DEMO_KEY } from '../../contract/callers';
import { OPERATIONS, undocumented, type Served } from '../support/contract';
import { CLOSED_CIRCUITS, startSystem, type RunningSystem } from '../support/local-system';

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem(CLOSED_CIRCUITS());
});
afterAll(() => running.stop());

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

async function send({ method, path, headers, body }: Sent): Promise<Served> {
  const sent = request({
    host: '127.0.0.1',
    port: running.portBase + PORTS.primary,
    method,
    path,
    headers: { ...headers, 'Content-Length': body.length },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const answered = await text(response);
  const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    status: response.statusCode ?? 0,
    headers: new Headers(pairs.map(([name, value]) => [name, value] as [string, string])),
    body: readBody(answered, response.headers['content-type']),
  };
}

const readBody = (body: string, type: string | undefined): unknown => {
  if (type === 'text/event-stream') return body;
  return body === '' ? undefined : JSON.parse(body);
};

const TEMPLATES = [
  '$input.body',
  '#set($x=1)',
  '#end',
  '${x}',
  '$util.parseJson("{")',
  '"}}',
  '\\u0022',
  "\\'",
  '\u2028',
];
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(...TEMPLATES),
  fc.string({ unit: fc.constantFrom(...TEMPLATES, 'a', '"', '\\', '\u0000', '\ud83d'), maxLength: 30 }),
);
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

const turns = (count: number, text: string) =>
  Array.from({ length: count }, (_, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', text }));
const histories = fc.oneof(
  fc.array(
    fc.record(
      {
        role: fc.constantFrom('user', 'assistant', 'system', '', 1, null),
        text: fc.oneof(nasty, fc.constantFrom(1, [], {})),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 6 },
  ),
  fc.tuple(fc.integer({ min: 0, max: 102 }), nasty).map(([count, text]) => turns(count, text)),
  // About the most characters, and the most of them escaped.
  fc
    .tuple(fc.integer({ min: 24_000, max: 41_000 }), fc.constantFrom('x', "'", '"', 'é', '\u{1F600}'))
    .map(([length, letter]) => turns(4, letter.repeat(length))),
  fc.constantFrom(null, {}, 'user', [[]], [null]),
);

const message = fc.record({
  role: fc.oneof(fc.constantFrom('system', 'user', 'assistant', 'tool'), nasty),
  content: fc.oneof(nasty, fc.array(fc.record({ type: fc.constantFrom('text', 'image_url'), text: nasty }))),
});
const bodies = fc.oneof(
  fc
    .record(
      {
        model: fc.oneof(fc.constant('general'), nasty),
        messages: fc.array(message, { maxLength: 4 }),
        stream: fc.boolean(),
        max_tokens: fc.oneof(fc.nat(50), fc.double()),
        user: nasty,
        tools: fc.array(fc.json()),
      },
      { requiredKeys: ['model', 'messages'] },
    )
    .map((value) => JSON.stringify(value)),
  fc.record({ question: nasty, history: histories }).map((value) => JSON.stringify(value)),
  fc.record({ question: fc.constant('Hi?'), history: histories }).map((value) => JSON.stringify(value)),
  fc.record({ question: nasty }).map((value) => JSON.stringify(value)),
  fc.record({ question: nasty, type: nasty }).map((value) => JSON.stringify(value)),
  fc.json(),
  fc.constantFrom('', '{}', '[]', 'null', '{"question":null}', '{"__proto__":{"question":"Hi?"}}'),
  fc.constantFrom('{"question":"Hi?","question":"Ho?"}', '{"question":"Hi?"}{}', '\ufeff{"question":"Hi?"}'),
  fc.integer({ min: 1, max: 5_000 }).map(nested),
  fc.integer({ min: 7_990, max: 8_010 }).map((length) => JSON.stringify({ question: 'x'.repeat(length) })),
  fc
    .integer({ min: 100_000, max: 300_000 })
    .map((length) => JSON.stringify({ question: "'".repeat(length) })),
  fc.string({ unit: 'binary', maxLength: 200 }),
);
const bytes = fc.oneof(
  { weight: 4, arbitrary: bodies.map((body) => Buffer.from(body)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)) },
);

const headerText = fc.string({
  unit: fc.constantFrom(...Array.from('abc019 -_.,;=/"\\$#{}[]()<>?:@%\'')),
  maxLength: 60,
});
const headers = fc.record(
  {
    'Content-Type': fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('application/json', 'application/json; charset=utf-8') },
      { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/xml', 'APPLICATION/JSON') },
      { weight: 1, arbitrary: headerText },
    ),
    'x-api-key': fc.oneof(
      { weight: 4, arbitrary: fc.constant(DEMO_KEY) },
      { weight: 1, arbitrary: headerText },
    ),
    Authorization: fc.oneof(headerText, fc.constant(`Bearer ${DEMO_KEY}`), fc.constant('Bearer a.b.c')),
    Accept: headerText,
    'X-HTTP-Method-Override': fc.constantFrom('DELETE', 'GET'),
    'x-amzn-requestid': headerText,
  },
  { requiredKeys: [] },
);
const paths = fc.oneof(
  { weight: 4, arbitrary: fc.constant('/') },
  { weight: 3, arbitrary: fc.constant('/stream') },
  { weight: 3, arbitrary: fc.constantFrom('/v1/chat/completions', '/v1/chat/completions/?a=b') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/v1/models', '/v1', '/v1/', '/v1/models/general', '/v1/models/%00'),
  },
  { weight: 2, arbitrary: fc.constantFrom('/health', '/health/', '/?a=b', '/health?type[]=%00') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '//',
      '/%2e%2e/',
      '/live',
      '/evacuation',
      '/HEALTH',
      '/%zz',
      '/health%2F',
      '/a/b',
    ),
  },
);

/** What stands behind no operation: another path, or another method. */
const ERRORS: Readonly<Record<number, string>> = { 404: 'not_found', 405: 'method_not_allowed' };

function operationOf({ method, path }: Sent) {
  const [plain = ''] = path.split('?');
  // One slash at the end is ignored.
  if (method === 'POST' && /^\/\/?$/.test(plain))
    return OPERATIONS.find(({ operationId }) => operationId === 'ask');
  if (method === 'POST' && /^\/stream\/?$/.test(plain))
    return OPERATIONS.find(({ operationId }) => operationId === 'stream');
  if (method === 'POST' && /^\/v1\/chat\/completions\/?$/.test(plain))
    return OPERATIONS.find(({ operationId }) => operationId === 'createChatCompletion');
  if (method === 'GET' && /^\/v1\/models\/?$/.test(plain))
    return OPERATIONS.find(({ operationId }) => operationId === 'listModels');
  if (method === 'GET' && /^\/v1\/models\/[^/]+\/?$/.test(plain))
    return OPERATIONS.find(({ operationId }) => operationId === 'retrieveModel');
  if (method === 'GET' && /^\/health\/?$/.test(plain))
    return OPERATIONS.find(({ operationId }) => operationId === 'checkHealth');
  return undefined;
}

const faultsOf = (sent: Sent, served: Served): readonly string[] => {
  const operation = operationOf(sent);
  if (operation !== undefined) return undocumented(operation, served);
  const { error } = (served.body ?? { error: {} }) as { error: { code?: string } };
  // Also the media type of a method that no path has is looked at.
  const known = { ...ERRORS, 413: 'body_too_large', 415: 'unsupported_media_type' }[served.status];
  return known !== undefined && (sent.method === 'HEAD' || error.code === known)
    ? []
    : [`${served.status} ${String(error.code)}`];
};

test('whatever is sent to the API, nothing fails, and nothing is answered that is not documented', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        method: fc.oneof(
          { weight: 4, arbitrary: fc.constant('POST') },
          { weight: 1, arbitrary: fc.constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD') },
        ),
        path: paths,
        headers,
        body: bytes,
      }),
      async (sent) => {
        const served = await send(sent);
        expect(faultsOf(sent, served)).toEqual([]);
        expect(served.status).toBeLessThan(500);
      },
    ),
    { numRuns: 400 },
  );
});

test('an id that a caller gives its request is no part of what the state machine is started with', async () => {
  const injected = String.raw`x\",\"kind\":\"question\",\"source\":\"canary\",\"caller\":\"\",\"bodyTooLarge\":false,\"body\":\"{\\\"question\\\":\\\"Hi\\\"}\",\"z\":\"`;
  const before = running.logs.length;
  const own = { 'x-amzn-requestid': injected };
  const health = await send({ method: 'GET', path: '/health', headers: own, body: Buffer.alloc(0) });
  expect(health).toMatchObject({ status: 200, body: { status: 'ok' } });
  const asked = await send({
    method: 'POST',
    path: '/',
    headers: { ...own, 'Content-Type': 'application/json', 'x-api-key': DEMO_KEY },
    body: Buffer.from('{"question":"Hi?"}'),
  });
  expect(asked).toMatchObject({ status: 200, body: { tier: 'primary' } });
  const logged = running.logs.slice(before).join('\n');
  expect(logged).toContain('"source":"caller"');
  expect(logged).not.toContain('"source":"canary"');
});
