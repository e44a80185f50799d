import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { PORTS, type Status } from '@assistant/emulator';
import packageJson from '../../package.json';
import { defaultModelConfig } from '../../contract/default-model-config';
import { LAPTOP_PROBE_SECRET } from '../../contract/probe';
import { readTrace, recentTraces } from '../../operator/trace/read-traces';
import { freePortBase, JSON_TYPE, WITH_KEY } from '../support/local-system';
import { ROOT, synthesize } from '../support/synthesize';

/** Short, since a parser's message quotes some ten characters around what it cannot read. */
const MARK = 'zq7Kx';

const ofQuestion = (question: string) => JSON.stringify({ question });
const ofHistory = (text: unknown) =>
  JSON.stringify({ question: 'Hi?', history: ['user', 'assistant'].map((role) => ({ role, text })) });

const BODIES: readonly (readonly [what: string, body: string | Uint8Array])[] = [
  ['a question', ofQuestion(MARK)],
  ['a history', ofHistory(MARK)],
  ['a history that is too long', ofHistory(MARK.repeat(11_000))],
  ['a malformed history', ofHistory({ [MARK]: MARK })],
  ['a type', JSON.stringify({ question: 'Hi?', type: MARK })],
  ['a malformed type', JSON.stringify({ question: 'Hi?', type: `${MARK} x` })],
  ['a question that is an object', JSON.stringify({ question: { [MARK]: MARK } })],
  ['a question that is too long', ofQuestion(MARK.repeat(2_000))],
  ['a body that is too large', ofQuestion(MARK.repeat(40_000))],
  ['half of a surrogate pair', `{"question":"${MARK}\\ud800${MARK}"}`],
  ['half of a surrogate pair as a field', `{"\\udc00":"${MARK}"}`],
  ['bytes that are no UTF-8', Buffer.from(`{"question":"${MARK}\xed\xa0\x80${MARK}"}`, 'latin1')],
  ['a word alone', MARK],
  ['a string', JSON.stringify(MARK)],
  ['a list', JSON.stringify([MARK])],
  ['an open string', `{"question":"${MARK}`],
  ['a raw control character', `{"question":"${MARK}\n${MARK}"}`],
  ['an unknown escape sequence', `{"question":"${MARK}\\q${MARK}"}`],
  ['a broken Unicode escape', `{"question":"${MARK}\\u12${MARK}"}`],
  ['terminal escapes', `{"question":"\u001b[31m${MARK}"}`],
  ['text after the object', `{"question":"${MARK}"} ${MARK}`],
  ['a template', `{"question":"$input.body #set($x='${MARK}') $util.parseJson('${MARK}')`],
  ['single quotes', `{'question':'${MARK}'}`],
];

const CHAT = '/v1/chat/completions';
const ofChat = (content: unknown, more: object = {}) =>
  JSON.stringify({ model: 'general', messages: [{ role: 'user', content }], ...more });

/** Of the other paths that take text, each at its own way to a function. */
const ELSEWHERE: readonly (readonly [path: string, body: string])[] = [
  ...BODIES.filter(([, body]) => typeof body === 'string').map(
    ([, body]) => ['/stream', String(body)] as const,
  ),
  ['/stream', JSON.stringify({ question: MARK, conversation: 'new' })],
  ['/stream', JSON.stringify({ question: MARK, conversationId: MARK })],
  [CHAT, ofChat(MARK)],
  [CHAT, ofChat(MARK, { stream: true, user: MARK, metadata: { [MARK]: MARK } })],
  [CHAT, ofChat([{ type: 'text', text: MARK }], { max_tokens: 1 })],
  [CHAT, ofChat({ [MARK]: MARK })],
  [CHAT, ofChat(MARK, { messages: [{ role: 'system', content: MARK }] })],
  [CHAT, ofChat(MARK, { tools: [{ type: MARK }], stop: [MARK] })],
  [CHAT, `{"model":"general","messages":[{"role":"user","content":"${MARK}`],
];

/** Names of what a request itself asks for, which are not its text, come back in an error of OpenAI's protocol. */
const NAMED: readonly (readonly [path: string, request: RequestInit])[] = [
  [CHAT, { method: 'POST', body: ofChat('Hi?', { model: MARK }) }],
  [CHAT, { method: 'POST', body: ofChat('Hi?', { [MARK]: 1 }) }],
  [`/v1/models/${MARK}`, {}],
];

const FAULTS: readonly object[] = [
  ...['error', 'throttle', 'filter_refused', 'guardrail', 'too_long', 'unknown', 'malformed'],
  ...['reset_mid_body', 'stream_error', 'stream_end', 'stream_corrupt', 'budget_spent'],
].map((mode) => ({ target: 'bedrock', model: defaultModelConfig.types.general?.primary.modelId, mode }));
const OUTAGES: readonly object[] = ['dynamodb', 'lambda', 'workflow', 'appconfig'].map((target) => ({
  target,
  mode: 'down',
}));

const app = synthesize();
let base: number;
let child: ChildProcess;
let output = '';

/** Answers that are no caller's own text: each with what had been sent. */
const refusals: (readonly [what: string, body: string])[] = [];
const answers: string[] = [];

const control = async (method: string, path: string, body?: object) => {
  const response = await fetch(`http://127.0.0.1:${base + PORTS.control}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  expect([method, path, response.status < 300]).toEqual([method, path, true]);
  return response.text();
};

/** A caller's rate would refuse the most of it: what is refused so says nothing. Each request is traced. */
async function answered(path: string, request: RequestInit): Promise<Response> {
  const root = `1-67891233-${randomBytes(12).toString('hex')}`;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${base + PORTS.primary}${path}`, {
      ...request,
      headers: {
        'x-amzn-trace-id': `Root=${root};Sampled=1;Self=${MARK}`,
        ...(request.headers as Readonly<Record<string, string>> | undefined),
      },
    });
    if (response.status !== 429) return response;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function send(what: string, path: string, request: RequestInit): Promise<void> {
  const response = await answered(path, request);
  const text = await response.text();
  if (response.ok) answers.push(text);
  else refusals.push([what, text]);
}

const post = (
  what: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
  path = '/',
) => send(what, path, { method: 'POST', headers: { ...WITH_KEY, ...headers }, body });

/** Everything that the system writes or shows, with what it has been asked. */
async function written(): Promise<ReadonlyMap<string, string>> {
  const shown = ['/status', '/faults', '/models'].concat(
    ['primary', 'secondary'].flatMap((region) => [`/logs?region=${region}`, `/metrics?region=${region}`]),
  );
  const texts = await Promise.all(shown.map(async (path) => [path, await control('GET', path)] as const));
  return new Map([...texts, ['output', output]]);
}

/** But for the paths that were asked, which X-Ray shows as AWS's API Gateway tells them. */
async function traces(): Promise<string> {
  const { regions } = JSON.parse(await control('GET', '/status')) as Status;
  const xray = regions.primary?.clients.xray;
  if (xray === undefined) throw new Error('There is no primary region.');
  const ids = (await recentTraces(xray, 10)).map(({ Id = '' }) => Id);
  const all = await Promise.all(ids.map((id) => readTrace(xray, id)));
  expect(all.length).toBeGreaterThan(BODIES.length + ELSEWHERE.length);
  return JSON.stringify(all).replace(/\\"url\\":\\"[^"]*"/g, '');
}

/** What stands around it, so that a failure says which line it was. */
const found = (texts: ReadonlyMap<string, string>, word: string) =>
  [...texts].flatMap(([where, text]) =>
    text.includes(word) ? [`${where}: ${text.slice(text.indexOf(word) - 150).slice(0, 200)}`] : [],
  );

beforeAll(async () => {
  base = await freePortBase();
  const start = `exec ${packageJson.scripts.start} "$@"`;
  child = spawn('sh', ['-c', start, 'npm start', '--stacks', app.directory], {
    cwd: ROOT,
    env: { ...process.env, LOCAL_PORT_BASE: String(base) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  while (!output.includes('Ctrl-C stops it.') && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  for (const [what, body] of BODIES) await post(what, body);
  for (const [path, body] of ELSEWHERE) await post(`${path} ${body.slice(0, 80)}`, body, JSON_TYPE, path);
  for (const [path, request] of NAMED) {
    const headers = { ...WITH_KEY, ...JSON_TYPE };
    expect((await answered(path, { ...request, headers })).ok).toBe(false);
  }
  await send('a conversation', `/conversations/${MARK}`, { method: 'DELETE', headers: WITH_KEY });
  await post('a form', `question=${MARK}`, { 'Content-Type': 'application/x-www-form-urlencoded' });
  await post('an unknown media type', MARK, { 'Content-Type': `text/${MARK}` });
  const headers = {
    'User-Agent': MARK,
    Cookie: MARK,
    Authorization: MARK,
    'X-Customer': MARK,
    'x-amzn-requestid': MARK,
  };
  await post('headers', ofQuestion('Hi?'), { ...JSON_TYPE, ...headers });
  await post('a key', ofQuestion('Hi?'), { ...JSON_TYPE, 'x-api-key': MARK });
  await post('a token', ofQuestion('Hi?'), {
    ...JSON_TYPE,
    'x-api-key': '',
    Authorization: `Bearer ${MARK}`,
  });
  const known = { ...JSON_TYPE, ...WITH_KEY };
  await send('a query string', `/?q=${MARK}`, { method: 'POST', headers: known, body: '{}' });
  await send('a query string for health', `/health?${MARK}`, {});
  await send('a path', `/${MARK}`, { headers: { 'x-amzn-requestid': MARK } });
  await send('an id of a request', '/health', { headers: { 'x-amzn-requestid': MARK } });
  await send('a method', '/health', { method: 'PUT', body: MARK });
  await send('the probe', `/${LAPTOP_PROBE_SECRET}/health`, {});
  await send('the evacuation’s probe', `/${LAPTOP_PROBE_SECRET}/evacuation`, {});
  await send('a probe that is none', `/${LAPTOP_PROBE_SECRET}/${MARK}`, {});
  for (const fault of [...FAULTS, ...OUTAGES]) {
    await control('POST', '/faults', { region: 'primary', ...fault });
    await post(JSON.stringify(fault), ofQuestion(MARK));
    await post(`${JSON.stringify(fault)} of a stream`, ofQuestion(MARK), JSON_TYPE, '/stream');
    await control('DELETE', '/faults');
  }
  // The last lines are on their way to the output.
  await new Promise((resolve) => setTimeout(resolve, 200));
});
afterAll(async () => {
  child.kill('SIGINT');
  if (child.exitCode === null) await once(child, 'exit');
  app.remove();
});

it('what a caller writes comes back in its answer', () => {
  expect(answers.filter((answer) => answer.includes(MARK)).length).toBeGreaterThan(FAULTS.length / 2);
});

it('and is in no log, no metric, no status, and not in the emulator’s own output', async () => {
  const texts = await written();
  expect(output.split('\n').length).toBeGreaterThan(BODIES.length + FAULTS.length);
  expect(found(texts, MARK)).toEqual([]);
});

it('nor in any trace', async () => {
  const text = await traces();
  expect(text).toContain('gen_ai.request.model');
  expect(found(new Map([['traces', text]]), MARK)).toEqual([]);
});

it('no error repeats what was sent', () => {
  expect(refusals.length).toBeGreaterThan(BODIES.length / 2);
  expect(refusals.filter(([, body]) => body.includes(MARK))).toEqual([]);
});

it('the secret of the probes is in no log, no status, no error, and not in the emulator’s own output', async () => {
  expect(found(await written(), LAPTOP_PROBE_SECRET)).toEqual([]);
  expect(refusals.filter(([, body]) => body.includes(LAPTOP_PROBE_SECRET))).toEqual([]);
});
