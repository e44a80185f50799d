import { createSocket } from 'node:dgram';
import { BatchGetTracesCommand, GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray';
import { AccessDeniedError } from '../../../platform/policy/authorizer';
import { formatTraceHeader, newTraceId, type SegmentDocument, traced } from '../../../services/xray/segment';
import { type TracedService, XRay, type XRayOptions } from '../../../services/xray/xray';

const REGION = 'us-east-1';
const API: TracedService = {
  serviceName: 'api/live',
  serviceType: 'AWS::ApiGateway::Stage',
  resourceArn: 'arn:aws:apigateway:us-east-1::/restapis/a/stages/live',
  isActive: true,
};
const FUNCTION: TracedService = {
  serviceName: 'chat',
  serviceType: 'AWS::Lambda::Function',
  resourceArn: 'arn:aws:lambda:us-east-1:123456789012:function:chat',
  isActive: true,
  role: 'arn:aws:iam::123456789012:role/chat',
};

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

async function open(options: Partial<XRayOptions> = {}) {
  const documents: SegmentDocument[] = [];
  const logs: string[] = [];
  const xray = new XRay({
    region: REGION,
    resources: [],
    now: () => 0,
    authorizeRole: () => undefined,
    authorize: () => undefined,
    onDocument: (document) => documents.push(document),
    onLog: (line) => logs.push(line),
    ...options,
  });
  const { endpoint, daemon } = await xray.listen();
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'local' };
  const client = new XRayClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });
  const socket = createSocket('udp4');
  opened.push(async () => {
    client.destroy();
    socket.close();
    await xray.close();
  });
  const tell = (document: object) =>
    new Promise((told) => {
      const [host, port] = daemon.split(':');
      socket.send(`{"format":"json","version":1}\n${JSON.stringify(document)}`, Number(port), host, told);
    });
  const segmentsOf = async (id: string) => {
    const { Traces = [] } = await client.send(new BatchGetTracesCommand({ TraceIds: [id] }));
    return (Traces[0]?.Segments ?? []).map(({ Document = '' }) => JSON.parse(Document) as SegmentDocument);
  };
  return { xray, client, documents, logs, tell, segmentsOf };
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const call = (parent = '463ac35c9f6413ad', trace = newTraceId()) => ({
  ...{ type: 'subsegment', trace_id: trace, id: '463ac35c9f6413ae', parent_id: parent, name: 'chat nova' },
  ...{ start_time: 1, end_time: 2 },
});

describe('a request', () => {
  it('is recorded whole, each part within the one that called it', async () => {
    const { xray, tell, documents, segmentsOf, client } = await open();
    const root = newTraceId();
    const http = { request: { method: 'POST', url: 'https://ask.example.com/' } };
    const api = xray.begin({ root, sampled: true }, { ...API, fields: { http } });
    const lambda = api.within({ name: 'Lambda', namespace: 'aws' });
    const chat = xray.begin(lambda.header, FUNCTION);
    expect(formatTraceHeader(chat.header)).toMatch(
      new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=1$`),
    );
    await tell(call(chat.header.parent, root));
    await until(() => documents.length === 1);
    chat.end({ fault: true });
    lambda.end();
    api.end({ http: { ...http, response: { status: 502 } }, fault: true });
    const segments = await segmentsOf(root);
    expect(segments).toMatchObject([
      {
        name: 'api/live',
        origin: API.serviceType,
        subsegments: [{ name: 'Lambda', id: lambda.header.parent }],
      },
      { name: 'chat', fault: true, parent_id: lambda.header.parent, subsegments: [{ name: 'chat nova' }] },
    ]);
    const now = Date.now();
    const between = { StartTime: new Date(now - 60_000), EndTime: new Date(now + 1_000) };
    const { TraceSummaries } = await client.send(new GetTraceSummariesCommand(between));
    expect(TraceSummaries).toMatchObject([
      { Id: root, HasFault: true, HasError: false, Http: { HttpMethod: 'POST', HttpStatus: 502 } },
    ]);
  });

  it('has a fault in each part that fails, and what came of the others', async () => {
    const { xray, documents } = await open();
    const api = xray.begin({ root: newTraceId(), sampled: true }, API);
    const failing = traced(api.within({ name: 'Lambda' }), () => Promise.reject(new Error('It failed.')));
    await expect(failing).rejects.toThrow('It failed.');
    const http = { response: { status: 200 } };
    await traced(
      api.within({ name: 'DynamoDB' }),
      () => Promise.resolve(200),
      (status) => ({ http: { response: { status } } }),
    );
    expect(documents).toMatchObject([
      { name: 'Lambda', fault: true },
      { name: 'DynamoDB', http },
    ]);
    expect(documents[1]).not.toHaveProperty('fault');
  });

  it.each<[string, boolean | undefined, boolean, boolean | undefined]>([
    ['that nobody has decided on is, where the service is traced: by its rules', undefined, true, true],
    ['that nobody has decided on is left so, where it is not', undefined, false, undefined],
    ['that is not to be recorded is not', false, true, false],
    ['that is to be recorded is not by a service that is not traced, which hands it on', true, false, true],
  ])('%s', async (_, sampled, isActive, handedOn) => {
    const { xray, documents } = await open();
    const root = newTraceId();
    const span = xray.begin({ root, ...(sampled !== undefined && { sampled }) }, { ...API, isActive });
    span.within({ name: 'Lambda' }).end();
    span.end();
    expect(span.header).toMatchObject({ root });
    expect(span.header.sampled).toBe(handedOn);
    expect(documents).toHaveLength(handedOn === true && isActive ? 2 : 0);
  });
});

describe('what a function tells the daemon', () => {
  it('is kept of recorded requests alone', async () => {
    const { xray, tell, documents } = await open();
    await tell(call());
    const { header } = xray.begin(undefined, FUNCTION);
    await tell(call(header.parent, header.root));
    await until(() => documents.length > 0);
    expect(documents).toMatchObject([{ trace_id: header.root }]);
  });

  it('is refused where it is no document, which the log says', async () => {
    const { tell, logs } = await open();
    await tell({ name: 'chat nova' });
    await until(() => logs.length > 0);
    expect(logs).toEqual([expect.stringMatching(/^A document is refused/)]);
  });

  it('is refused where its role may not write traces', async () => {
    const denied = () => {
      throw new AccessDeniedError('role', 'xray:PutTraceSegments', '*', 'not allowed');
    };
    const { xray, documents, segmentsOf, tell } = await open({ authorizeRole: denied });
    const span = xray.begin({ root: newTraceId(), parent: '463ac35c9f6413ad', sampled: true }, FUNCTION);
    await tell(call(span.header.parent, span.header.root));
    span.end();
    expect(await segmentsOf(span.header.root)).toEqual([]);
    expect(documents).toEqual([]);
  });
});

describe('the API', () => {
  it('asks who may read', async () => {
    const denied = () => {
      throw new AccessDeniedError('role', 'xray:BatchGetTraces', '*', 'not allowed');
    };
    const { segmentsOf } = await open({ authorize: denied });
    await expect(segmentsOf(newTraceId())).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('takes five ids of traces at the most, and no filter', async () => {
    const { client } = await open();
    const TraceIds = Array.from({ length: 6 }, newTraceId);
    const refused = { name: 'InvalidRequestException' };
    await expect(client.send(new BatchGetTracesCommand({ TraceIds }))).rejects.toMatchObject(refused);
    const filtered = { StartTime: new Date(0), EndTime: new Date(), FilterExpression: 'fault' };
    await expect(client.send(new GetTraceSummariesCommand(filtered))).rejects.toMatchObject(refused);
  });

  it('forgets the oldest of 500 traces, and takes no more of one than X-Ray does', async () => {
    const { xray, segmentsOf } = await open();
    const roots = Array.from({ length: 501 }, newTraceId);
    for (const root of roots) xray.begin({ root, sampled: true }, API).end();
    expect(await segmentsOf(roots[0] ?? '')).toEqual([]);
    expect(await segmentsOf(roots[1] ?? '')).toHaveLength(1);
    const [last = ''] = roots.slice(-1);
    for (let times = 0; times < 3_000; times += 1) xray.begin({ root: last, sampled: true }, API).end();
    const bytes = JSON.stringify(await segmentsOf(last)).length;
    expect(bytes).toBeGreaterThan(300_000);
    expect(bytes).toBeLessThan(600_000);
  });
});
