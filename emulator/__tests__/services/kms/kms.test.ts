import { DescribeKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import type { AwsServer } from '../../../platform/http/server';
import { OPERATOR } from '../../../platform/policy/authorizer';
import { createKms } from '../../../services/kms/kms';
import { resource } from '../../platform/policy/fixture';

const ID = '11111111-2222-3333-4444-555555555555';
const ARN = `arn:aws:kms:us-east-1:123456789012:key/${ID}`;
const ALIAS = 'alias/training';
const RESOURCES = [
  resource('aws_kms_key', { key_id: ID, arn: ARN }),
  resource('aws_kms_alias', {
    name: ALIAS,
    arn: `arn:aws:kms:us-east-1:123456789012:${ALIAS}`,
    target_key_id: ID,
  }),
];

let kms: AwsServer;
let client: KMSClient;
const asked: string[] = [];
let isDenied = false;

beforeAll(async () => {
  kms = createKms({
    stack: { region: 'us-east-1', of: (type) => RESOURCES.filter((one) => one.type === type) },
    authorize: (_, __, on) => {
      asked.push(on);
      if (isDenied) throw Object.assign(new Error('no'), { name: 'AccessDeniedError' });
    },
  });
  const endpoint = await kms.listen();
  client = new KMSClient({ endpoint, region: 'us-east-1', credentials: OPERATOR, maxAttempts: 1 });
});
beforeEach(() => {
  asked.length = 0;
  isDenied = false;
});
afterAll(async () => {
  client.destroy();
  await kms.close();
});

const describeKey = (KeyId: string) => client.send(new DescribeKeyCommand({ KeyId }));

it.each([ID, ARN, ALIAS, `arn:aws:kms:us-east-1:123456789012:${ALIAS}`])('knows a key by %s', async (id) => {
  expect((await describeKey(id)).KeyMetadata).toMatchObject({ KeyId: ID, Arn: ARN, KeyState: 'Enabled' });
});

it.each(['none', `${ARN}0`, 'alias/none'])('knows no %s', async (id) => {
  await expect(describeKey(id)).rejects.toMatchObject({ name: 'NotFoundException' });
});

it('tells who may not look nothing of what is not there', async () => {
  isDenied = true;
  for (const id of [ID, 'none', `${ARN}0`]) {
    await expect(describeKey(id)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  }
  expect(asked).toEqual([ARN, 'arn:aws:kms:us-east-1:123456789012:key/none', `${ARN}0`]);
});

it('does nothing else', async () => {
  const encrypt = new EncryptCommand({ KeyId: ID, Plaintext: Buffer.from('x') });
  await expect(client.send(encrypt)).rejects.toMatchObject({ name: 'UnknownOperationException' });
});
