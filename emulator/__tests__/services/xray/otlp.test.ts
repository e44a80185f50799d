import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { OtlpExporter, otlpTarget, resourceSpans } from '../../../services/xray/otlp';
import type { SegmentDocument } from '../../../services/xray/segment';

const DOCUMENT: SegmentDocument = {
  trace_id: '1-67891233-abcdef012345678912345678',
  id: '463ac35c9f6413ad',
  parent_id: '463ac35c9f6413ae',
  type: 'subsegment',
  namespace: 'remote',
  name: 'chat nova',
  start_time: 1_700_000_000.25,
  end_time: 1_700_000_001.5,
  fault: true,
  annotations: { 'gen_ai.request.model': 'nova', 'gen_ai.usage.input_tokens': 7, tier: 'primary' },
  metadata: { default: { 'gen_ai.response.finish_reasons': ['end_turn'] } },
};

it.each<[NodeJS.ProcessEnv, object | undefined]>([
  [{}, undefined],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318' }, { endpoint: 'http://a:4318', headers: {} }],
  [
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b, Authorization=Basic YQ==',
    },
    { endpoint: 'http://a', headers: { 'x-key': 'a b', authorization: 'Basic YQ==' } },
  ],
])('%j exports to %j', (environment, target) => {
  expect(otlpTarget(environment)).toEqual(target);
});

it.each([
  ['an address that is none', 'OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'secret:4318' }],
  [
    'a password in the address',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:secret@a:4318' },
  ],
  [
    'a % that is not escaped',
    'OTEL_EXPORTER_OTLP_HEADERS',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_HEADERS: 'x-key=secret%' },
  ],
  [
    'a value that is no header’s',
    'OTEL_EXPORTER_OTLP_HEADERS',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%0Asecret' },
  ],
])('%s is refused by the name of %s alone', (_, variable, environment) => {
  expect(() => otlpTarget(environment)).toThrow(variable);
  expect(() => otlpTarget(environment)).not.toThrow(/secret/);
});

it('a document is a span, by its service', () => {
  expect(resourceSpans(DOCUMENT, 'chat', 'us-east-1')).toEqual({
    resource: {
      attributes: [
        { key: 'service.name', value: { stringValue: 'chat' } },
        { key: 'cloud.provider', value: { stringValue: 'aws' } },
        { key: 'cloud.region', value: { stringValue: 'us-east-1' } },
      ],
    },
    scopeSpans: [
      {
        scope: { name: '@assistant/emulator' },
        spans: [
          {
            traceId: '67891233abcdef012345678912345678',
            spanId: '463ac35c9f6413ad',
            parentSpanId: '463ac35c9f6413ae',
            name: 'chat nova',
            kind: 3,
            startTimeUnixNano: '1700000000250000000',
            endTimeUnixNano: '1700000001500000000',
            attributes: [
              { key: 'gen_ai.request.model', value: { stringValue: 'nova' } },
              { key: 'gen_ai.usage.input_tokens', value: { intValue: '7' } },
              { key: 'tier', value: { stringValue: 'primary' } },
              {
                key: 'gen_ai.response.finish_reasons',
                value: { arrayValue: { values: [{ stringValue: 'end_turn' }] } },
              },
            ],
            status: { code: 2 },
          },
        ],
      },
    ],
  });
});

describe('spans', () => {
  async function collector(status = 200) {
    const received: { readonly message: IncomingMessage; readonly spans: number }[] = [];
    const server = createServer((message, response) => {
      void json(message).then((body) => {
        received.push({ message, spans: (body as { resourceSpans: unknown[] }).resourceSpans.length });
        response.writeHead(status).end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const close = () => {
      server.closeAllConnections();
      server.close();
    };
    return { received, endpoint, close };
  }

  it('are sent in batches, with the headers that are asked for', async () => {
    const { received, endpoint, close } = await collector();
    const exporter = new OtlpExporter({ endpoint, headers: { 'x-key': 'a' } }, () => undefined);
    for (let count = 0; count < 600; count += 1) exporter.add(DOCUMENT, 'chat', 'us-east-1');
    await exporter.close();
    expect(received.map(({ spans }) => spans)).toEqual([512, 88]);
    const { method, url, headers } = received[0]?.message ?? {};
    expect([method, url]).toEqual(['POST', '/v1/traces']);
    expect(headers).toMatchObject({ 'x-key': 'a', 'content-type': 'application/json' });
    close();
  });

  it('are lost where nobody takes them, with one warning, and the latest 2,048 are kept meanwhile', async () => {
    const { endpoint, close, received } = await collector(503);
    const warnings: string[] = [];
    const exporter = new OtlpExporter({ endpoint, headers: {} }, (line) => warnings.push(line));
    for (let count = 0; count < 3_000; count += 1) exporter.add(DOCUMENT, 'chat', 'us-east-1');
    await exporter.close();
    expect(received.map(({ spans }) => spans)).toEqual([512, 512, 512, 512]);
    expect(warnings).toEqual([expect.stringMatching(/Traces are lost: http.*\/v1\/traces.*503/)]);
    close();
  });

  it('hurt nobody where nothing listens', async () => {
    const { endpoint, close } = await collector();
    close();
    const warnings: string[] = [];
    const exporter = new OtlpExporter({ endpoint, headers: {} }, (line) => warnings.push(line));
    exporter.add(DOCUMENT, 'chat', 'us-east-1');
    await exporter.close();
    exporter.add(DOCUMENT, 'chat', 'us-east-1');
    expect(warnings).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });
});
