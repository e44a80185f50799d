import {
  BedrockClient,
  GetFoundationModelAvailabilityCommand,
  GetFoundationModelCommand,
  GetInferenceProfileCommand,
  GetUseCaseForModelAccessCommand,
} from '@aws-sdk/client-bedrock';
import { Faults } from '../../../platform/faults/faults';
import { OPERATOR } from '../../../platform/policy/authorizer';
import { createModelCatalogue } from '../../../services/bedrock/model-access';

const HAIKU = 'anthropic.claude-haiku-5-5';
const account = '123456789012';
const region = 'us-east-1';

let day: string;
const faults = new Faults();
const server = createModelCatalogue({
  ...{ region, account, authorize: () => undefined, now: () => Date.parse(day) },
  modelFault: faults.interceptor('primary', 'bedrock'),
  intercept: faults.interceptor('primary', 'region'),
});
let client: BedrockClient;
beforeAll(async () => {
  client = new BedrockClient({
    endpoint: await server.listen(),
    region,
    credentials: OPERATOR,
    maxAttempts: 1,
  });
});
beforeEach(() => {
  day = '2026-11-26';
  faults.clear();
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const model = async (modelIdentifier = HAIKU) =>
  (await client.send(new GetFoundationModelCommand({ modelIdentifier }))).modelDetails;
const profile = (inferenceProfileIdentifier: string) =>
  client.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier }));
const availability = (modelId = HAIKU) => client.send(new GetFoundationModelAvailabilityCommand({ modelId }));

describe('a model', () => {
  it.each([
    ['2026-11-26', { status: 'ACTIVE' }],
    ['2027-08-22', { status: 'ACTIVE' }],
    [
      '2027-08-23',
      { status: 'LEGACY', legacyTime: new Date('2027-08-23'), endOfLifeTime: new Date('2027-10-07') },
    ],
  ])('is on %s %j, and tells of its end only as Legacy', async (at, lifecycle) => {
    day = at;
    expect((await model())?.modelLifecycle).toEqual(lifecycle);
  });

  it('is gone at the end of its life, with its profiles', async () => {
    day = '2027-10-07';
    const gone = {
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('end of its life') as string,
    };
    await expect(model()).rejects.toMatchObject(gone);
    await expect(profile(`us.${HAIKU}`)).rejects.toMatchObject(gone);
    await expect(availability()).rejects.toMatchObject(gone);
  });

  it('is gone, or out of reach, where a fault says so', async () => {
    faults.add({ region: 'primary', target: 'bedrock', mode: 'eol', model: `us.${HAIKU}` });
    await expect(model()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    faults.add({ region: 'primary', target: 'bedrock', mode: 'denied', model: `us.${HAIKU}` });
    expect(await availability()).toMatchObject({
      agreementAvailability: { status: 'NOT_AVAILABLE' },
      entitlementAvailability: 'NOT_AVAILABLE',
    });
    expect(await availability('amazon.nova-2-lite-v1:0')).toMatchObject({
      entitlementAvailability: 'AVAILABLE',
    });
  });

  it('is what it was, once it is known', async () => {
    await expect(model('anthropic.claude-9')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(availability('no model')).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await model())?.inferenceTypesSupported).toEqual(['INFERENCE_PROFILE']);
    const { formData } = await client.send(new GetUseCaseForModelAccessCommand({}));
    expect(JSON.parse(Buffer.from(formData ?? []).toString())).toHaveProperty('companyName');
  });
});

it.each([
  [`us.${HAIKU}`, ['us-east-1', 'us-east-2', 'us-west-2']],
  [`global.${HAIKU}`, ['', 'us-east-1']],
])('the profile %s leads to %j, by its id and its ARN', async (id, regions) => {
  const arn = `arn:aws:bedrock:${region}:${account}:inference-profile/${id}`;
  const expected = {
    ...{ inferenceProfileArn: arn, inferenceProfileId: id, status: 'ACTIVE', type: 'SYSTEM_DEFINED' },
    models: regions.map((where) => ({ modelArn: `arn:aws:bedrock:${where}::foundation-model/${HAIKU}` })),
  };
  expect(await profile(id)).toMatchObject(expected);
  expect(await profile(arn)).toMatchObject(expected);
});

it.each(['eu.anthropic.claude-haiku-5-5', 'global.amazon.nova-pro-v1:0', 'us.unknown'])(
  'the profile %s is not there',
  async (id) => {
    await expect(profile(id)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  },
);
