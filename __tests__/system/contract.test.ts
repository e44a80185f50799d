import { PassThrough } from 'node:stream';
import { PORTS } from '@assistant/emulator';
import {
  ApiMappings,
  readStack,
  type BackendResponse,
  type InvokeWithResponseStream,
} from '@assistant/emulator/run';
import { RequestTooLargeException } from '../../emulator/services/lambda/errors';
import type { ErrorAnswer } from '../../contract/api';
import { DEMO_KEY } from '../../contract/callers';
import { newConversationId } from '../../contract/conversation';
import { OPERATIONS, undocumented, type Served } from '../support/contract';
import { CLOSED_CIRCUITS, letIn, startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig, synthesize } from '../support/synthesize';

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem(CLOSED_CIRCUITS());
});
afterAll(() => running.stop());
afterEach(() => running.send('control', 'DELETE', '/faults'));

type Send = (method: string, path: string, body?: string, type?: string, key?: string) => Promise<Served>;

/** Through the front door. */
const send: Send = (method, path, body, type = 'application/json', key = DEMO_KEY) =>
  running.send('primary', method, path, body, { 'Content-Type': type, 'x-api-key': key });

const deployed = () => running.system.regions[0]?.stack.resources ?? [];

/** A stream that is no JSON, read to its end. */
async function stream(path: string, body: string): Promise<Served> {
  const response = await fetch(`http://127.0.0.1:${running.portBase + PORTS.primary}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-api-key': DEMO_KEY },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** To the same API, whose state machine answers so, and whose function that streams does this. */
const sendTo = (
  backend: BackendResponse,
  known = deployed(),
  resources = deployed(),
  invokeStreaming: InvokeWithResponseStream = () => Promise.reject(new Error('throttled')),
): Send => {
  const api = new ApiMappings({
    resources,
    invokeStreaming,
    actions: {
      'states:action/StartSyncExecution': () => Promise.resolve(backend),
      'dynamodb:action/GetItem': () => Promise.resolve({ status: 200, body: '{}' }),
    },
    authorize: letIn(known),
    now: () => 0,
    log: () => undefined,
  });
  return async (method, path, body = '') => {
    const headers = { 'content-type': 'application/json' };
    const served = await api.handle({ method, path, query: '', headers, body: Buffer.from(body) });
    return { ...served, headers: new Headers(served.headers), body: JSON.parse(served.body) as unknown };
  };
};
const execution = (values: object): BackendResponse => ({ status: 200, body: JSON.stringify(values) });

/** To an API with a firewall that lets nobody in. */
function sendToFirewall(...request: Parameters<Send>): Promise<Served> {
  const app = synthesize({ waf: { requestsIn5Minutes: 10, managedRules: false } });
  const { resources } = readStack(app.directory, 'primary');
  app.remove();
  const closed = resources.map((each) =>
    each.type === 'aws_wafv2_web_acl'
      ? { ...each, values: { ...each.values, default_action: { block: {} } } }
      : each,
  );
  return sendTo(execution({}), closed, closed)(...request);
}

const QUESTION = '{"question":"Hi?"}';
const IN_ANOTHERS = JSON.stringify({ question: 'Hi?', conversationId: newConversationId('another') });
const OWN = `/conversations/${newConversationId('demo')}`;
/** Of more than Lambda takes, and less than API Gateway does. */
const HUGE = JSON.stringify({ question: 'x'.repeat(7 * 1024 * 1024) });

const ofHuge: Send = (...request) =>
  sendTo(execution({}), deployed(), deployed(), () =>
    Promise.reject(new RequestTooLargeException(HUGE.length, 6 * 1024 * 1024)),
  )(...request);

/** Of an API that waits less long for a function which says nothing. */
function ofSilence(method: string, path: string): Promise<Served> {
  const impatient = deployed().map((each) => {
    const body = String(each.values.body).replace(
      /("responseTransferMode":"STREAM","timeoutInMillis":)\d+/g,
      '$150',
    );
    return each.type === 'aws_api_gateway_rest_api' ? { ...each, values: { ...each.values, body } } : each;
  });
  const silent = () => Promise.resolve(new PassThrough());
  return sendTo(execution({}), impatient, impatient, silent)(method, path, QUESTION);
}

async function ofManyAtOnce(sendOne: Send, count: number, method: string, path: string): Promise<Served> {
  for (let sent = 0; sent < count; sent += 1) await sendOne(method, path, QUESTION);
  return sendOne(method, path, QUESTION);
}

const CHAT = (more: object = {}) =>
  JSON.stringify({ model: 'general', messages: [{ role: 'user', content: 'Hi?' }], ...more });

type Case = readonly [operation: string, status: number, how: string, respond: () => Promise<Served>];

/** What comes of any operation of the function that streams, before it is asked or instead. */
const OF_EVERY_STREAM = (id: string, method: string, path: string): readonly Case[] => {
  const [body, huge] = method === 'GET' ? [undefined, undefined] : [QUESTION, HUGE];
  return [
    [id, 401, 'the key is wrong', () => send(method, path, body, 'application/json', 'wrong')],
    [id, 403, 'the firewall lets nobody in', () => sendToFirewall(method, path)],
    [id, 413, 'the body is huge', () => (huge ? send(method, path, huge) : ofHuge(method, path))],
    [id, 415, 'the type is another', () => send(method, path, body, 'text/plain')],
    [
      id,
      429,
      'too many ask',
      () => ofManyAtOnce(sendTo(execution({})), shippedConfig().throttle.burst, method, path),
    ],
    [id, 500, 'the function cannot begin', () => sendTo(execution({}))(method, path, QUESTION)],
    [id, 503, 'a caller’s usage plan is not there', () => sendTo(execution({}), [])(method, path)],
    [id, 504, 'it says nothing', () => ofSilence(method, path)],
  ];
};

/** Every documented status of every operation, and how it comes about. */
const CASES: readonly Case[] = [
  ['ask', 200, 'a model answers', () => send('POST', '/', QUESTION)],
  [
    'ask',
    200,
    'no model answers',
    async () => {
      await running.fault({ mode: 'denied' });
      return send('POST', '/', QUESTION);
    },
  ],
  ['ask', 400, 'the body is not JSON', () => send('POST', '/', '{')],
  ['ask', 400, 'a field is wrong', () => send('POST', '/', '{"question":1}')],
  ['ask', 401, 'the key is wrong', () => send('POST', '/', QUESTION, 'application/json', 'wrong')],
  ['ask', 403, 'the firewall lets nobody in', () => sendToFirewall('POST', '/', QUESTION)],
  ['ask', 413, 'the body is huge', () => send('POST', '/', HUGE)],
  ['ask', 413, 'no question is that long', () => send('POST', '/', `{"question":"${'x'.repeat(200_000)}"}`)],
  ['ask', 415, 'the body is a form', () => send('POST', '/', 'question=Hi', 'text/plain')],
  [
    'ask',
    429,
    'too many ask',
    () => ofManyAtOnce(sendTo(execution({})), shippedConfig().throttle.burst, 'POST', '/'),
  ],
  ['ask', 500, 'the execution fails', () => sendTo(execution({ status: 'FAILED' }))('POST', '/', QUESTION)],
  ['ask', 503, 'it cannot start', () => sendTo({ status: 400, body: '{}' })('POST', '/', QUESTION)],
  ['ask', 503, 'a caller’s usage plan is not there', () => sendTo(execution({}), [])('POST', '/', QUESTION)],
  ['ask', 504, 'it takes too long', () => sendTo(execution({ status: 'TIMED_OUT' }))('POST', '/', QUESTION)],
  ['stream', 200, 'a model answers', () => stream('/stream', QUESTION)],
  ['stream', 400, 'the body is not JSON', () => send('POST', '/stream', '{')],
  ['stream', 400, 'a field is wrong', () => send('POST', '/stream', '{"question":1}')],
  [
    'stream',
    413,
    'no question is that long',
    () => send('POST', '/stream', `{"question":"${'x'.repeat(200_000)}"}`),
  ],
  ...OF_EVERY_STREAM('stream', 'POST', '/stream'),
  ['createChatCompletion', 200, 'a model answers', () => send('POST', '/v1/chat/completions', CHAT())],
  [
    'createChatCompletion',
    200,
    'a model answers in a stream',
    () => stream('/v1/chat/completions', CHAT({ stream: true })),
  ],
  [
    'createChatCompletion',
    200,
    'no model answers',
    async () => {
      await running.fault({ mode: 'denied' });
      return send('POST', '/v1/chat/completions', CHAT({ temperature: 0 }));
    },
  ],
  ['createChatCompletion', 400, 'the body is not JSON', () => send('POST', '/v1/chat/completions', '{')],
  [
    'createChatCompletion',
    400,
    'a parameter is wrong',
    () => send('POST', '/v1/chat/completions', CHAT({ n: 2 })),
  ],
  [
    'createChatCompletion',
    404,
    'there is no such model',
    () => send('POST', '/v1/chat/completions', CHAT({ model: 'x' })),
  ],
  [
    'createChatCompletion',
    413,
    'no conversation is that long',
    () => send('POST', '/v1/chat/completions', CHAT({ user: 'x'.repeat(2_000_000) })),
  ],
  ...OF_EVERY_STREAM('createChatCompletion', 'POST', '/v1/chat/completions'),
  ['listModels', 200, 'they are asked for', () => send('GET', '/v1/models')],
  ...OF_EVERY_STREAM('listModels', 'GET', '/v1/models'),
  ['retrieveModel', 200, 'it is there', () => send('GET', '/v1/models/general')],
  ['retrieveModel', 404, 'it is not', () => send('GET', '/v1/models/gpt-4o')],
  ...OF_EVERY_STREAM('retrieveModel', 'GET', '/v1/models/general'),
  ['ask', 404, 'a conversation is another’s', () => send('POST', '/', IN_ANOTHERS)],
  ['stream', 404, 'a conversation is another’s', () => send('POST', '/stream', IN_ANOTHERS)],
  ['forgetConversation', 204, 'it is the caller’s', () => send('DELETE', OWN)],
  ['forgetConversation', 401, 'the key is wrong', () => send('DELETE', OWN, '', 'application/json', 'wrong')],
  ['forgetConversation', 403, 'the firewall lets nobody in', () => sendToFirewall('DELETE', OWN)],
  ['forgetConversation', 404, 'it is another’s', () => send('DELETE', '/conversations/x')],
  ['forgetConversation', 413, 'a body is huge', () => ofHuge('DELETE', OWN)],
  ['forgetConversation', 415, 'the type is another', () => send('DELETE', OWN, undefined, 'text/plain')],
  [
    'forgetConversation',
    429,
    'too many ask',
    () => ofManyAtOnce(sendTo(execution({})), shippedConfig().throttle.burst, 'DELETE', OWN),
  ],
  ['forgetConversation', 500, 'the function cannot begin', () => sendTo(execution({}))('DELETE', OWN)],
  [
    'forgetConversation',
    503,
    'the table is away',
    async () => {
      await running.fault({ target: 'dynamodb', mode: 'error' });
      return send('DELETE', OWN);
    },
  ],
  ['forgetConversation', 504, 'it says nothing', () => ofSilence('DELETE', OWN)],
  ['checkHealth', 200, 'all is well', () => send('GET', '/health')],
  [
    'checkHealth',
    503,
    'the function fails',
    async () => {
      await running.fault({ target: 'lambda', mode: 'down' });
      return send('GET', '/health');
    },
  ],
  ['checkHealth', 403, 'the firewall lets nobody in', () => sendToFirewall('GET', '/health')],
  ['checkHealth', 415, 'the type is another', () => send('GET', '/health', undefined, 'text/plain')],
  ['checkHealth', 429, 'too many ask', () => ofManyAtOnce(sendTo(execution({})), 40, 'GET', '/health')],
  [
    'checkHealth',
    500,
    'the execution fails',
    () => sendTo(execution({ status: 'FAILED' }))('GET', '/health'),
  ],
  ['checkHealth', 503, 'it cannot start', () => sendTo({ status: 500, body: '{}' })('GET', '/health')],
  [
    'checkHealth',
    504,
    'it takes too long',
    () => sendTo(execution({ status: 'TIMED_OUT' }))('GET', '/health'),
  ],
];

describe('what is served', () => {
  it.each(CASES)(
    'is for %s with %d, when %s, what the OpenAPI document says',
    async (id, status, _, respond) => {
      const operation = OPERATIONS.find(({ operationId }) => operationId === id);
      if (operation === undefined) throw new Error(`There is no operation ${id}.`);
      const served = await respond();
      expect([served.status, undocumented(operation, served)]).toEqual([status, []]);
    },
  );

  it('is looked at for every operation and every status of it', () => {
    const documented = OPERATIONS.flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    );
    expect([...new Set(CASES.map(([id, status]) => `${id} ${status}`))].sort()).toEqual(documented.sort());
  });

  it.each([
    ['a header', { headers: new Headers({ 'content-type': 'application/json', 'x-new': '1' }) }],
    ['a field', { body: { error: { code: 'not_found', message: '' }, requestId: '', more: 1 } }],
    ['an error code', { body: { error: { code: 'new', message: '' }, requestId: '' } }],
    ['a status', { status: 418 }],
  ])('would be found out with %s that is not documented', (_, change) => {
    const [ask] = OPERATIONS;
    const body: ErrorAnswer = { error: { code: 'invalid_request', message: '' }, requestId: '' };
    const documented = { status: 400, headers: new Headers({ 'content-type': 'application/json' }), body };
    if (ask === undefined) throw new Error('There is no operation.');
    expect(undocumented(ask, documented)).toEqual([]);
    expect(undocumented(ask, { ...documented, ...change })).toHaveLength(1);
  });
});
