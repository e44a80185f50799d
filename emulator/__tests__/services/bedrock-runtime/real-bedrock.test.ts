import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { AccessDeniedError, OPERATOR } from '../../../platform/policy/authorizer';
import type { Bedrock } from '../../../services/bedrock-runtime/bedrock';
import { createRealBedrock } from '../../../services/bedrock-runtime/real-bedrock';
import { ask, HAIKU, Rig } from './fixture';

const ROLE_KEY = 'ASIALOCAL0000001';
const authorize = jest.fn();
const lines: string[] = [];
let aws: Server;
let url = '';
let endpointOfRun = '';
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let bedrock: Bedrock;
let client: BedrockRuntimeClient;
const received: { request: IncomingMessage; body: string }[] = [];

beforeEach(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIAOFTHEPERSON';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  delete process.env.AWS_SESSION_TOKEN;
  delete process.env.AWS_BEARER_TOKEN_BEDROCK;
  authorize.mockReset();
  lines.length = received.length = 0;
  aws = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ request, body });
      answer(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(aws, 'listening');
  url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  const onLog = (line: string) => void lines.push(line);
  bedrock = createRealBedrock({
    region: 'us-east-1',
    authorize,
    onLog,
    endpoint: url,
  });
  endpointOfRun = await bedrock.listen();
  client = new BedrockRuntimeClient({
    endpoint: endpointOfRun,
    region: 'us-east-1',
    credentials: { accessKeyId: ROLE_KEY, secretAccessKey: 'local', sessionToken: 'local' },
    // The function's SDK has no token in its environment, which here is the emulator's.
    authSchemePreference: ['sigv4'],
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
});

afterEach(async () => {
  client.destroy();
  await bedrock.close();
  aws.closeAllConnections();
  aws.close();
});

const converse = () => client.send(new ConverseCommand({ modelId: HAIKU, ...ask('Where?') }));

const json = (status: number, body: object, headers: Record<string, string> = {}) => {
  answer = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
};
const ANSWER = {
  output: { message: { role: 'assistant', content: [{ text: 'There.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  metrics: { latencyMs: 1 },
};

it('asks in the person’s name what a function has asked in its role’s', async () => {
  json(200, ANSWER);
  expect((await converse()).output?.message?.content).toEqual([{ text: 'There.' }]);

  expect(received).toHaveLength(1);
  const [{ request, body }] = received as [(typeof received)[number]];
  expect(request.url).toBe(`/model/${encodeURIComponent(HAIKU)}/converse`);
  expect(request.headers.authorization).toMatch(
    /Credential=AKIAOFTHEPERSON\/\d{8}\/us-east-1\/bedrock\/aws4_request/,
  );
  expect(request.headers.host).toBe(new URL(url).host);
  expect(JSON.stringify([request.headers, body])).not.toMatch(/ASIALOCAL|"local"/);
  expect(JSON.parse(body)).toEqual(ask('Where?'));
  expect(bedrock.calls().byModel).toEqual({ [HAIKU]: 1 });
});

it('uses an API key of Bedrock’s, where the person has one', async () => {
  process.env.AWS_BEARER_TOKEN_BEDROCK = 'key-of-the-person';
  json(200, ANSWER);
  await converse();
  expect(received[0]?.request.headers.authorization).toBe('Bearer key-of-the-person');
});

it('is asked by no one whose role may not', async () => {
  authorize.mockImplementation((caller: string, action: string, resource: string) => {
    throw new AccessDeniedError(caller, action, resource, 'not allowed');
  });
  await expect(converse()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(received).toEqual([]);
});

it('is not asked by the key of operators, which everybody knows', async () => {
  const operator = new BedrockRuntimeClient({
    ...{ region: 'us-east-1', credentials: OPERATOR, authSchemePreference: ['sigv4'], maxAttempts: 1 },
    ...{ endpoint: endpointOfRun, requestHandler: new NodeHttpHandler() },
  });
  const asked = operator.send(new ConverseCommand({ modelId: HAIKU, ...ask('Where?') }));
  await expect(asked).rejects.toThrow('the functions alone may ask them');
  expect(received).toEqual([]);
});

it.each([
  [HAIKU, `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${HAIKU}`],
  ['amazon.nova-lite-v1:0', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'],
  [
    'arn:aws:bedrock:us-east-1:999988887777:application-inference-profile/abc',
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc',
  ],
])('%s needs permission for %s', async (modelId, arn) => {
  json(200, ANSWER);
  await client.send(new ConverseCommand({ modelId, ...ask('Where?') }));
  expect(authorize.mock.calls).toEqual([[ROLE_KEY, 'bedrock:InvokeModel', arn]]);
});

it('an exception of Bedrock’s is the function’s', async () => {
  json(
    429,
    { message: 'Too many tokens' },
    { 'x-amzn-errortype': 'ThrottlingException', 'retry-after': '7' },
  );
  await expect(converse()).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: 'Too many tokens',
    $response: { headers: { 'retry-after': '7' } },
  });
});

it('hands a stream on as it comes', async () => {
  const rig = await Rig.start();
  try {
    // The stand-in's own stream is in AWS's encoding.
    answer = (request, response) => {
      const { host: _host, ...headers } = request.headers;
      const authorization = String(headers.authorization).replace('AKIAOFTHEPERSON', 'AKIAROUTER');
      void fetch(rig.url + String(request.url), {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: received[0]?.body ?? '',
      }).then(async (from) => {
        response.writeHead(from.status, { 'content-type': from.headers.get('content-type') ?? '' });
        for await (const piece of from.body ?? []) response.write(piece);
        response.end();
      });
    };
    const { stream = [] } = await client.send(
      new ConverseStreamCommand({ modelId: HAIKU, ...ask('Where?') }),
    );
    const events: ConverseStreamOutput[] = [];
    for await (const event of stream) events.push(event);
    expect(events.at(0)).toHaveProperty('messageStart');
    expect(events.at(-1)).toHaveProperty('metadata');
    expect(authorize.mock.calls[0]).toContain('bedrock:InvokeModelWithResponseStream');
  } finally {
    await rig.stop();
  }
});

it('without credentials is denied to the function, and its user learns why', async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = '/nowhere';
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  await expect(converse()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(lines).toEqual([expect.stringMatching(/^Bedrock in us-east-1 cannot be asked: .*credentials/)]);
  expect(received).toEqual([]);
});

it('that cannot be reached is unavailable to the function, and its user learns why', async () => {
  aws.close();
  await expect(converse()).rejects.toMatchObject({ name: 'ServiceUnavailableException' });
  expect(lines).toEqual([expect.stringMatching(/^Bedrock in us-east-1 cannot be asked: .*ECONNREFUSED/)]);
});
