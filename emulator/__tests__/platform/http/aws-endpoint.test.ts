import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { createAwsEndpoint } from '../../../platform/http/aws-endpoint';
import { AwsServer, type Handler } from '../../../platform/http/server';
import { OPERATOR } from '../../../platform/policy/authorizer';

/** What CloudWatch in us-east-1 answers. */
let handle: Handler = () => ({ status: 200, body: {} });
const service = new AwsServer({ maxBodyBytes: 1_024, handle: (request) => handle(request) });
let url = '';
const endpoint = createAwsEndpoint(({ service: name, region }, path) =>
  name === 'monitoring' && region === 'us-east-1' && path === '/' ? url : undefined,
);
let at = '';
const callIn = (region: string) =>
  new CloudWatchClient({
    ...{ endpoint: at, region, credentials: OPERATOR, maxAttempts: 1 },
  }).send(new DescribeAlarmsCommand({ MaxRecords: 1 }));

beforeAll(async () => {
  url = await service.listen();
  at = await endpoint.listen();
});
afterAll(async () => {
  await endpoint.close();
  await service.close();
});

describe('the address of all services', () => {
  it('leads to the service, and the region, that a request is signed for', async () => {
    handle = ({ body }) => ({ status: 200, body: { MetricAlarms: [{ AlarmName: body.toString() }] } });
    expect((await callIn('us-east-1')).MetricAlarms).toEqual([{ AlarmName: '{"MaxRecords":1}' }]);
    await expect(callIn('eu-west-1')).rejects.toThrow('The emulator has no monitoring in eu-west-1');
  });

  it('hands on every path as it came, and leads nowhere else', async () => {
    const elsewhere = new AwsServer({
      maxBodyBytes: 1_024,
      handle: () => ({ status: 200, body: 'elsewhere' }),
    });
    const foreign = await elsewhere.listen();
    handle = ({ path }) => ({ status: 200, body: `here ${path}` });
    const everywhere = createAwsEndpoint(() => url);
    const { port } = new URL(await everywhere.listen());
    const answerTo = async (path: string) => {
      const scope = `AKIA/20261127/us-east-1/monitoring/aws4_request`;
      const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
      const asked = request({
        host: '127.0.0.1',
        port,
        path,
        headers: { authorization },
        agent: false,
      }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      return text(answer);
    };
    expect(await answerTo(`//${new URL(foreign).host}/x`)).toBe('here /x');
    expect(await answerTo(`${foreign}/x`)).toBe('here /x');
    expect(await answerTo('//[')).toMatch('The path of the request is not valid.');
    expect(await answerTo('/y')).toBe('here /y');
    await Promise.all([everywhere.close(), elsewhere.close()]);
  });

  it('hands on a connection that is reset', async () => {
    handle = () => 'reset';
    await expect(callIn('us-east-1')).rejects.toThrow('ECONNRESET');
  });

  it.each([
    ['what is not signed', {}, 'MissingAuthenticationTokenException'],
    ['a page of another origin', { origin: 'https://example.com' }, 'AccessDeniedException'],
  ])('refuses %s', async (_, headers, type) => {
    const answer = await fetch(at, { headers });
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([403, type]);
  });
});
