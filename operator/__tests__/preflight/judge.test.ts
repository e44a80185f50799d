import type { FoundationModelDetails, GetFoundationModelAvailabilityResponse } from '@aws-sdk/client-bedrock';
import type { EffectiveChoice } from '../../../contract/check-model-config';
import { CHECKS, type Findings, judge } from '../../preflight/judge';
import { neededResources } from '../../preflight/role';

const MODEL = 'anthropic.claude-sonnet-5-5';
const ID = `us.${MODEL}`;
const arn = (region: string) => `arn:aws:bedrock:${region}::foundation-model/${MODEL}`;
const profileOf = (...regions: readonly string[]): Findings['profile'] => ({
  is: {
    ...{ inferenceProfileName: ID, inferenceProfileId: ID, status: 'ACTIVE', type: 'SYSTEM_DEFINED' },
    inferenceProfileArn: `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${ID}`,
    models: regions.map((region) => ({ modelArn: arn(region) })),
  },
});
const detailsOf = (more: Partial<FoundationModelDetails>): Findings['details'] => ({
  is: {
    ...{ modelArn: arn('us-east-1'), modelId: MODEL, modelLifecycle: { status: 'ACTIVE' } },
    ...more,
  },
});
const GRANTED: GetFoundationModelAvailabilityResponse = {
  ...{ modelId: MODEL, authorizationStatus: 'AUTHORIZED', agreementAvailability: { status: 'AVAILABLE' } },
  ...{ entitlementAvailability: 'AVAILABLE', regionAvailability: 'AVAILABLE' },
};
const choice = (more: Partial<EffectiveChoice['choice']> = {}, maxTokens = 4_096): EffectiveChoice => ({
  ...{ tier: 'primary', field: 'default.primary', maxTokens },
  choice: { modelId: ID, ...more },
});

const TOKENS = {
  ...{ code: 'L-1', value: 6_000_000, byDefault: 6_000_000, isOwn: true },
  name: 'Cross-region model inference tokens per minute for Anthropic Claude Sonnet 5.5',
};

const FINE: Findings = {
  ...{ region: 'us-east-1', modelId: ID, model: MODEL, now: Date.parse('2026-11-26') },
  parsed: { kind: 'inference-profile', model: MODEL, vendor: 'anthropic', regions: ['us-east-1'] },
  profile: profileOf('us-east-1', 'us-west-2'),
  details: detailsOf({
    ...{ providerName: 'Anthropic', modelName: 'Claude Sonnet 5.5' },
    inferenceTypesSupported: ['INFERENCE_PROFILE' as 'ON_DEMAND'],
  }),
  availability: { is: GRANTED },
  useCase: { is: true },
  denials: { is: [] },
  quotas: { is: [TOKENS] },
  choices: [choice()],
  faults: [],
  tierMs: { primary: 15_000, fallback: 25_000 },
};
const BARE: Partial<Findings> = {
  modelId: MODEL,
  parsed: { kind: 'foundation-model', model: MODEL, vendor: 'anthropic', regions: ['us-east-1'] },
  profile: undefined,
};
const legacy = (more: object = {}) =>
  detailsOf({
    modelLifecycle: { status: 'LEGACY', endOfLifeTime: new Date('2026-12-26'), ...more },
  });
const denied = (by: 'role' | 'organisation' | 'scp'): Findings['denials'] => ({
  is: [{ role: 'chat', action: 'bedrock:InvokeModel', resource: arn(''), by }],
});
const amazon = { model: 'amazon.nova-lite-v1:0', useCase: undefined };
const refused = (more: object): Partial<Findings> => ({ availability: { is: { ...GRANTED, ...more } } });

it('finds nothing where all is well', () => {
  expect(judge(FINE).map(({ name, verdict }) => [name, verdict])).toEqual(
    CHECKS.map((name) => [name, 'good']),
  );
});

it.each<[Partial<Findings>, (typeof CHECKS)[number], 'good' | 'warning' | 'bad' | 'unknown', RegExp]>([
  [{ details: { absent: 'It has reached the end of its life.' } }, 'life', 'bad', /is gone/],
  [{ details: { absent: 'Not found.' } }, 'life', 'unknown', /profile’s model/],
  [{ ...BARE, details: { absent: 'Not found.' } }, 'life', 'bad', /no such model/],
  [{ model: undefined, details: undefined, profile: { absent: 'No.' } }, 'life', 'bad', /no such profile/],
  [{ details: { unread: 'You may not.' } }, 'life', 'unknown', /You may not/],
  [{ details: legacy() }, 'life', 'warning', /ends on 2026-12-26, in 30 days;.*30 days is refused/],
  [{ details: legacy({ endOfLifeTime: undefined }) }, 'life', 'warning', /not told/],
  [
    { details: legacy({ publicExtendedAccessTime: new Date('2026-12-01') }) },
    'life',
    'warning',
    /cost more from 2026-12-01/,
  ],
  [{ model: undefined, details: undefined, profile: undefined }, 'life', 'unknown', /of your own/],
  [{ profile: { absent: 'None.' } }, 'profile', 'bad', /no such profile/],
  [{ profile: { unread: 'No answer.' } }, 'profile', 'unknown', /No answer/],
  [{ profile: profileOf('', 'us-east-1') }, 'profile', 'good', /leads to any region, us-east-1/],
  [BARE, 'profile', 'bad', /by an inference profile alone/],
  [
    { ...BARE, details: detailsOf({ inferenceTypesSupported: ['ON_DEMAND'] }) },
    'profile',
    'good',
    /on demand/,
  ],
  [{ availability: { absent: 'None.' } }, 'access', 'bad', /there is none/],
  [{ availability: { unread: 'You may not.' } }, 'access', 'unknown', /You may not/],
  [{ useCase: { absent: 'No form.' } }, 'access', 'bad', /use-case form is not filled in/],
  [{ useCase: { unread: 'You may not.' } }, 'access', 'unknown', /form: You may not/],
  [refused({ regionAvailability: 'NOT_AVAILABLE' }), 'access', 'bad', /does not offer/],
  [refused({ authorizationStatus: 'NOT_AUTHORIZED' }), 'access', 'bad', /not authorized/],
  [refused({ entitlementAvailability: 'NOT_AVAILABLE' }), 'access', 'bad', /no access/],
  [refused({ agreementAvailability: { status: 'PENDING' } }), 'access', 'warning', /being made/],
  [
    refused({ agreementAvailability: { status: 'ERROR', errorMessage: 'Card.' } }),
    'access',
    'bad',
    /ERROR: Card/,
  ],
  [
    { ...amazon, ...refused({ agreementAvailability: { status: 'NOT_AVAILABLE' } }) },
    'access',
    'good',
    /granted/,
  ],
  [
    { denials: denied('role') },
    'role',
    'bad',
    /its role denies chat bedrock:InvokeModel on arn:aws:bedrock:::/,
  ],
  [{ denials: denied('organisation') }, 'role', 'bad', /a policy of the organization/],
  [{ denials: denied('scp') }, 'role', 'bad', /the policy of --scp/],
  [{ denials: { absent: 'No role.' } }, 'role', 'unknown', /not deployed/],
  [{ denials: { unread: 'You may not.' } }, 'role', 'unknown', /You may not/],
  [{ profile: { unread: 'No answer.' } }, 'role', 'unknown', /without the profile/],
  [
    { quotas: { unread: 'You may not.' } },
    'quota',
    'unknown',
    /You may not.*servicequotas:ListServiceQuotas/,
  ],
  [{ details: { unread: 'You may not.' } }, 'quota', 'unknown', /without the model/],
  [{ profile: { unread: 'You may not.' } }, 'quota', 'unknown', /without the model and its profile/],
  [
    { quotas: { is: [{ ...TOKENS, value: 0 }] } },
    'quota',
    'bad',
    /Claude Sonnet 5.5” is 0 \(AWS’s default: 6,000,000\): no call/,
  ],
  [
    { perMinute: 1_365 },
    'quota',
    'warning',
    /too little for 1,365 .* at most 1,364 requests a minute, of 300 .* 4,096/,
  ],
  [{ perMinute: 1_364 }, 'quota', 'good', /is 6,000,000: at most 1,364/],
  [{ faults: ['default.primary.inference.topP is 1', 'another'] }, 'rules', 'bad', /topP is 1; and 1 more/],
  [{ choices: [choice({ contextTokens: 2_000_000 })] }, 'rules', 'warning', /more than the 1000000/],
  [{ choices: [choice({}, 1_024)] }, 'rules', 'warning', /may think its 1024 tokens up/],
  [{ choices: [choice({ firstSignMs: 14_001 })] }, 'rules', 'warning', /firstSignMs leaves .* 15000 ms/],
  [{ choices: [choice({ firstSignMs: 14_000 })] }, 'rules', 'good', /nothing/],
  [{ choices: [{ ...choice({ firstSignMs: 20_000 }), tier: 'fallback' }] }, 'rules', 'good', /nothing/],
  [{ model: 'anthropic.claude-9', choices: [choice({}, 1_024)] }, 'rules', 'good', /nothing/],
])('%j: %s is %s', (findings, name, verdict, detail) => {
  const check = judge({ ...FINE, ...findings }).find((each) => each.name === name);
  expect(check).toMatchObject({ verdict, detail: expect.stringMatching(detail) as string });
  if (verdict === 'bad' || verdict === 'warning') expect(check?.todo).toBeTruthy();
});

it('tells of a model that is gone nothing but that, and what its rules are at fault with', () => {
  const checks = judge({ ...FINE, details: { absent: 'It has reached the end of its life.' } });
  expect(checks.map(({ name }) => name)).toEqual(['life', 'rules']);
});

it('names the profiles that may be called from the region', () => {
  const [, profile] = judge({ ...FINE, ...BARE, region: 'eu-central-1' });
  expect(profile?.todo).toBe(`Name one that there is: global.${MODEL}, eu.${MODEL}`);
});

it.each([
  [
    ['default.primary', 'types.general.primary'],
    'default.primary, general.primary',
    'set default.primary MODEL',
  ],
  [['regions.us-east-1.default.primary'], 'regions.us-east-1.default.primary', 'deploy FILE'],
])('says of a model that is gone, and that %j name, what to change', (fields, rules, command) => {
  const choices = fields.map((field) => ({ ...choice(), field }));
  const [life] = judge({ ...FINE, choices, details: { absent: 'It has reached the end of its life.' } });
  expect(life?.todo).toBe(`Give another model to ${rules}: npm run assistant -- models ${command}`);
});

const PROFILE = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${ID}`;
it.each<[string, Partial<Findings>, readonly (readonly [string, string])[]]>([
  [MODEL, BARE, [[arn('us-east-1'), 'us-east-1']]],
  [
    ID,
    { profile: profileOf('us-east-1', 'us-east-2') },
    [
      [PROFILE, 'us-east-1'],
      [arn('us-east-1'), 'us-east-1'],
      [arn('us-east-2'), 'us-east-2'],
    ],
  ],
  [
    `global.${MODEL}`,
    { profile: profileOf('', 'us-east-1') },
    [
      [PROFILE, 'us-east-1'],
      [arn(''), 'unspecified'],
      [arn('us-east-1'), 'us-east-1'],
    ],
  ],
  [ID, { profile: { absent: 'None.' } }, []],
])('%s is to be allowed on each of its resources, in each region', (id, findings, needed) => {
  const resources = neededResources(id, 'us-east-1', { ...FINE, ...findings });
  expect(resources.map(({ arn: each, region }) => [each, region])).toEqual(needed);
});
