import type { Check } from '../../command/check';
import { type Quota, quotaCheck } from '../../preflight/quotas';

const quota = (name: string, value = 4_000_000, byDefault = value): Quota => ({
  ...{ code: 'L-1', name, value, byDefault, isOwn: true },
});
const profileOf = (...regions: readonly string[]): Parameters<typeof quotaCheck>[3] => ({
  is: {
    ...{ inferenceProfileName: 'p', inferenceProfileId: 'p', inferenceProfileArn: 'p' },
    ...{ status: 'ACTIVE', type: 'SYSTEM_DEFINED' },
    models: regions.map((region) => ({ modelArn: `arn:aws:bedrock:${region}::foundation-model/m` })),
  },
});
const BY = {
  itself: undefined,
  geography: profileOf('us-east-1', 'us-east-2'),
  global: profileOf('', 'us-east-1'),
  // An application's own, copied from the model itself.
  oneRegion: profileOf('us-east-1'),
} as const;

const look = (by: keyof typeof BY, model: string, quotas: readonly Quota[], perMinute?: number): Check => {
  const [provider = '', ...name] = model.split(' ');
  const load = { maxTokens: 1_700, perMinute };
  return quotaCheck('quota', quotas, { provider, name: name.join(' ') }, BY[by], load);
};

// Names as Service Quotas and AWS's General Reference have them.
const TPM = 'model inference tokens per minute for';
const RPM = 'model inference requests per minute for';

it.each<[keyof typeof BY, string, string]>([
  ['geography', 'Anthropic Claude Sonnet 5.5', `Cross-region ${TPM} Anthropic Claude Sonnet 5.5`],
  ['geography', 'Anthropic Claude Sonnet 4', `Cross-region ${TPM} Anthropic Claude Sonnet 4 V1`],
  [
    'geography',
    'Anthropic Claude 3.5 Haiku',
    'Cross-Region InvokeModel tokens per minute for Anthropic Claude 3.5 Haiku',
  ],
  ['geography', 'Amazon Nova Lite', `Cross-region ${RPM} Amazon Nova Lite`],
  ['global', 'Anthropic Claude Haiku 4.5', `Global cross-region ${TPM} Anthropic Claude Haiku 4.5`],
  ['global', 'Anthropic Claude Opus 5', `Global cross-Region ${TPM} Anthropic Claude Opus 5`],
  ['global', 'OpenAI GPT-6 Astra', `Global cross-region ${TPM} GPT-6 Astra`],
  ['itself', 'Amazon Nova Pro', `On-demand ${TPM} Amazon Nova Pro`],
  ['itself', 'Anthropic Claude 3.5 Sonnet v2', `On-demand ${TPM} Anthropic Claude 3.5 Sonnet V2`],
  ['itself', 'Anthropic Claude 3 Haiku', 'InvokeModel requests per minute for Anthropic Claude 3 Haiku'],
  ['oneRegion', 'Meta Llama 3.1 8B Instruct', `On-demand ${TPM} Meta Llama 3.1 8B Instruct`],
])('knows by %s, of %s: %s', (by, model, name) => {
  expect(look(by, model, [quota(name)])).toMatchObject({
    verdict: 'good',
    detail: expect.stringContaining(`“${name}” is 4,000,000`) as string,
  });
});

it.each<[keyof typeof BY, string, string, RegExp]>([
  // Another model, or another version.
  ['geography', 'Amazon Nova Lite', `Cross-region ${TPM} Amazon Nova Pro`, /no quota has the name[^(]*$/],
  ['geography', 'Anthropic Claude Sonnet 4', `Cross-region ${TPM} Anthropic Claude Sonnet 4.5`, /no quota/],
  [
    'itself',
    'Anthropic Claude 3.5 Sonnet',
    `On-demand ${TPM} Anthropic Claude 3.5 Sonnet V2`,
    /not taken for it: “On/,
  ],
  ['geography', 'Amazon Nova Lite', `Cross-region ${TPM} Amazon Nova 2 Lite`, /not taken for it: “Cross/],
  // Another way to call it.
  [
    'geography',
    'Amazon Nova Lite',
    `Global cross-region ${TPM} Amazon Nova Lite`,
    /by a geography’s profile \(not taken/,
  ],
  ['global', 'Amazon Nova Lite', `Cross-region ${TPM} Amazon Nova Lite`, /by a global profile/],
  ['itself', 'Amazon Nova Pro', `On-demand latency-optimized ${TPM} Amazon Nova Pro`, /no quota/],
  ['itself', 'Amazon Nova Pro', 'Batch inference job size (in GB) for Amazon Nova Pro', /no quota/],
  [
    'itself',
    'Anthropic Claude Opus 5',
    '[bedrock-mantle endpoint] Output tokens per minute for Claude Opus 5',
    /no quota/,
  ],
  [
    'geography',
    'Anthropic Claude Sonnet 4.5',
    `Cross-region ${TPM} Anthropic Claude Sonnet 4.5 V1 1M Context Length`,
    /not taken for it: .*1M Context Length” is 4,000,000\)\. Look there: Service Quotas/,
  ],
  // A day's tokens say nothing of a minute's.
  ['geography', 'Amazon Nova Lite', 'Model invocation max tokens per day for Amazon Nova Lite', /no quota/],
])('by %s, does not take for %s: %s', (by, model, name, detail) => {
  expect(look(by, model, [quota(name)])).toMatchObject({
    verdict: 'unknown',
    detail: expect.stringMatching(detail) as string,
  });
});

const MINUTE = `Cross-region ${TPM} Amazon Nova Lite`;
const REQUESTS = `Cross-region ${RPM} Amazon Nova Lite`;
const DAY = 'Model invocation max tokens per day for Amazon Nova Lite (doubled for cross-region calls)';

it.each<[string, readonly Quota[], number | undefined, Check['verdict'], RegExp]>([
  [
    'enough of both',
    [quota(MINUTE), quota(REQUESTS, 2_000)],
    2_000,
    'good',
    /at most 2,000 requests a minute, .*; .* is 2,000$/,
  ],
  ['tokens for fewer', [quota(MINUTE), quota(REQUESTS, 9_000)], 2_001, 'warning', /^too little for 2,001/],
  ['fewer requests', [quota(MINUTE), quota(REQUESTS, 200)], 201, 'warning', /^too little for 201/],
  [
    'less than others have',
    [quota(MINUTE, 20_000, 4_000_000)],
    undefined,
    'warning',
    /less .* is 20,000 \(AWS’s default: 4,000,000\): at most 10 /,
  ],
  ['less a day', [quota(MINUTE), quota(DAY, 9, 10)], undefined, 'warning', /per day .* is 9 \(/],
  ['more than others have', [quota(MINUTE, 8_000_000, 4_000_000)], undefined, 'good', /is 8,000,000: /],
  ['none a minute', [quota(MINUTE, 0), quota(REQUESTS)], undefined, 'bad', /tokens .* is 0: no call/],
  ['none a day', [quota(MINUTE), quota(DAY, 0)], undefined, 'bad', /per day .* is 0: no call/],
  [
    'two names of one',
    [quota(MINUTE, 1), quota('Cross-Region InvokeModel tokens per minute for Amazon Nova Lite', 2)],
    undefined,
    'unknown',
    /one or another: .* is 1; .* is 2\. Look/,
  ],
  [
    'a default alone',
    [{ ...quota(MINUTE), isOwn: false }],
    undefined,
    'good',
    /is 4,000,000 by AWS’s default \(the account’s own is not told\): at most/,
  ],
  ['nothing at all', [], undefined, 'unknown', /no quota has the name of Amazon Nova Lite/],
])('%s: %j, with %s requests a minute, is %s', (_, quotas, perMinute, verdict, detail) => {
  const check = look('geography', 'Amazon Nova Lite', quotas, perMinute);
  expect(check).toMatchObject({ verdict, detail: expect.stringMatching(detail) as string });
  if (verdict === 'bad' || verdict === 'warning') expect(check.todo).toContain('(L-1)');
});
