import {
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  paginateListServiceQuotas,
  type ServiceQuota,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { Faults } from '../../../platform/faults/faults';
import { AccessDeniedError, OPERATOR } from '../../../platform/policy/authorizer';
import { createServiceQuotas } from '../../../services/servicequotas/service-quotas';

const [region, account] = ['us-east-1', '123456789012'];
const ServiceCode = 'bedrock';
const LITE = 'Cross-region model inference tokens per minute for Amazon Nova Lite';

const faults = new Faults();
let denied: string | undefined;
const server = createServiceQuotas({
  ...{ region, account },
  authorize: (_, action, resource) => {
    if (action === denied)
      throw new AccessDeniedError('arn:aws:iam::123456789012:role/plan', action, resource, 'not allowed');
  },
  modelFault: faults.interceptor('primary', 'bedrock'),
});
let client: ServiceQuotasClient;
beforeAll(async () => {
  client = new ServiceQuotasClient({
    endpoint: await server.listen(),
    region,
    credentials: OPERATOR,
    maxAttempts: 1,
  });
});
beforeEach(() => {
  faults.clear();
  denied = undefined;
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

async function all(pageSize = 100): Promise<readonly ServiceQuota[]> {
  const quotas: ServiceQuota[] = [];
  for await (const { Quotas = [] } of paginateListServiceQuotas({ client, pageSize }, { ServiceCode }))
    quotas.push(...Quotas);
  return quotas;
}

it('lists the quotas of each way to call a model, for the account', async () => {
  const quotas = await all();
  expect(
    quotas
      .filter(({ QuotaName = '' }) => QuotaName.includes('Nova Lite'))
      .map(({ QuotaName, Value }) => [QuotaName, Value]),
  ).toEqual([
    ['On-demand model inference tokens per minute for Amazon Nova Lite', 4_000_000],
    ['On-demand model inference requests per minute for Amazon Nova Lite', 2_000],
    [LITE, 4_000_000],
    ['Cross-region model inference requests per minute for Amazon Nova Lite', 2_000],
    [
      'Model invocation max tokens per day for Amazon Nova Lite (doubled for cross-region calls)',
      5_760_000_000,
    ],
  ]);
  const [first] = quotas;
  expect(first?.QuotaArn).toBe(
    `arn:aws:servicequotas:${region}:${account}:bedrock/${first?.QuotaCode ?? ''}`,
  );
});

it('gives them in pages, each of them once', async () => {
  const byTwos = await all(2);
  expect(byTwos).toEqual(await all());
  expect(new Set(byTwos.map(({ QuotaCode }) => QuotaCode)).size).toBe(byTwos.length);
});

it('gives an account 0 of a model whose quota is used up by a fault, and AWS’s default all the same', async () => {
  faults.add({ region: 'primary', target: 'bedrock', mode: 'quota', model: 'us.amazon.nova-lite-v1:0' });
  const valueOf = (quotas: readonly ServiceQuota[]) =>
    quotas.find(({ QuotaName }) => QuotaName === LITE)?.Value;
  expect(valueOf(await all())).toBe(0);
  const { Quotas = [] } = await client.send(new ListAWSDefaultServiceQuotasCommand({ ServiceCode }));
  expect(valueOf(Quotas)).toBe(4_000_000);
});

it.each<[object, string]>([
  [{ ServiceCode: 'lambda' }, 'NoSuchResourceException'],
  [{ ServiceCode, MaxResults: 101 }, 'IllegalArgumentException'],
  [{ ServiceCode, NextToken: 'invented' }, 'InvalidPaginationTokenException'],
])('refuses %j: %s', async (input, name) => {
  const request = new ListServiceQuotasCommand(input as { ServiceCode: string });
  await expect(client.send(request)).rejects.toMatchObject({ name });
});

it('refuses who may not', async () => {
  denied = 'servicequotas:ListServiceQuotas';
  await expect(all()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
