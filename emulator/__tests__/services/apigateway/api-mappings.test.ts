import { ApiMappings } from '../../../services/apigateway/rest-api';
import { UnsupportedError, type Resource } from '../../../stack/resource';
import { BASE, mockMethod, request, resource, restApi } from './api-fixture';

/** `GET /health`, which says which API it is and by which path it was asked. */
const telling = (name: string) =>
  mockMethod('/health', 'get', {
    response: { responseTemplates: { 'application/json': `${name} $context.path` } },
  });

const mapping = (values: Record<string, unknown> = {}): Resource => ({
  address: 'aws_apigatewayv2_api_mapping.probe',
  type: 'aws_apigatewayv2_api_mapping',
  name: 'probe',
  values: {
    api_id: 'probe',
    stage: 'probes',
    domain_name: 'probe.example.com',
    api_mapping_key: 'secret',
    ...values,
  },
});

const PUBLIC = [
  ...BASE,
  restApi(telling('public')),
  resource('domain_name', 'public', { domain_name: 'api.example.com' }),
];

const { values, ...api } = restApi(telling('probe'));
const PROBE = [
  { ...api, values: { ...values, id: 'probe' } },
  resource('deployment', 'probe', { id: 'probe-deployment', rest_api_id: 'probe' }),
  resource('stage', 'probe', {
    rest_api_id: 'probe',
    stage_name: 'probes',
    deployment_id: 'probe-deployment',
  }),
  resource('domain_name', 'probe', { domain_name: 'probe.example.com' }),
];

const mapped = (...resources: readonly Resource[]) =>
  new ApiMappings({ resources: [...PUBLIC, ...PROBE, ...resources], actions: {}, log: () => undefined });

describe('a request', () => {
  it.each([
    ['probe.example.com', '/secret/health', 200, 'probe /secret/health'],
    ['127.0.0.1:4001', '/secret/health', 200, 'probe /secret/health'],
    // The key is the probe's domain's alone.
    ['api.example.com', '/secret/health', 403, ''],
    ['api.example.com', '/health', 200, 'public /health'],
    ['127.0.0.1:4001', '/health', 200, 'public /health'],
    ['127.0.0.1:4001', '/secrets/health', 403, ''],
    ['127.0.0.1:4001', '/probes/health', 403, ''],
  ])('of %s for %s is answered with %d', async (host, path, status, says) => {
    const answer = await mapped(mapping()).handle(request('GET', path, { headers: { host } }));
    expect([answer.status, answer.status === 200 ? answer.body : '']).toEqual([status, says]);
  });
});

it.each([
  ['another stage', { stage: 'other' }, 'maps to another API or stage'],
  ['a key of two parts', { api_mapping_key: 'a/b' }, 'only a key of one part is emulated'],
  ['no key', { api_mapping_key: undefined }, 'only a key of one part is emulated'],
])('a mapping with %s stops the start', (_, change, message) => {
  expect(() => mapped(mapping(change))).toThrow(UnsupportedError);
  expect(() => mapped(mapping(change))).toThrow(message);
});
