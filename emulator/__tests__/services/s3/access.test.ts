import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Authorize } from '../../../services/s3/access';
import type { Resource } from '../../../stack/resource';
import { authorizerOf, documentOf, ROLE } from '../../platform/policy/fixture';
import {
  BUCKET,
  bucketWith,
  clientOf,
  failureOf,
  KEY_ARN,
  SETTINGS,
  startS3,
  type RunningS3,
} from './fixture';
import { Upload } from './multipart-client';

const ARN = `arn:aws:s3:::${BUCKET}`;
const at = (Key: string) => ({ Bucket: BUCKET, Key });

/** A role with one policy, as a stack declares it. */
function roleWith(...Statement: unknown[]): Authorize {
  const authorizer = authorizerOf([documentOf(...Statement)]);
  return (_, action, on, context) => {
    authorizer.authorize(ROLE, action, on, context);
  };
}
const allow = (Action: string | string[], Resource: string, Condition = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Object.keys(Condition).length > 0 && { Condition }),
});

describe('a role', () => {
  let s3: RunningS3 | undefined;
  afterEach(() => s3?.stop());
  const start = async (authorize: Authorize, ...settings: readonly Resource[]) => {
    s3 = await startS3({ authorize, buckets: bucketWith(...settings) });
    await s3.service.objects.put(BUCKET, 'train/a', 'a');
    await s3.service.objects.put(BUCKET, 'secret/a', 'a');
    const { client } = s3;
    return {
      client,
      get: (key: string) => failureOf(client.send(new GetObjectCommand(at(key)))),
      put: (key: string) => failureOf(client.send(new PutObjectCommand({ ...at(key), Body: 'b' }))),
      list: (Prefix?: string) =>
        failureOf(client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...(Prefix && { Prefix }) }))),
    };
  };

  it('reads, writes and lists where its policy says so, and nowhere else', async () => {
    const role = await start(
      roleWith(
        allow('s3:GetObject', `${ARN}/train/*`),
        allow('s3:PutObject', `${ARN}/output/*`),
        allow('s3:ListBucket', ARN, { StringLike: { 's3:prefix': ['train/*'] } }),
      ),
    );
    expect(await role.get('train/a')).toBe('no failure');
    expect(await role.get('secret/a')).toBe('403 AccessDenied');
    expect(await role.put('output/a')).toBe('no failure');
    expect(await role.put('train/a')).toBe('403 AccessDenied');
    expect(await role.list('train/x')).toBe('no failure');
    expect(await role.list('secret/')).toBe('403 AccessDenied');
    expect(await role.list()).toBe('403 AccessDenied');
  });

  it('is told by the name of its session and of the action why it may not', async () => {
    const { client } = await start(roleWith(allow('s3:GetObject', `${ARN}/train/*`)));
    await expect(client.send(new GetObjectCommand(at('secret/a')))).rejects.toThrow(
      /assumed-role\/router\/local is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::training\/secret\/a/,
    );
  });

  it('that may not list does not learn what is not there', async () => {
    const blind = await start(roleWith(allow('s3:GetObject', `${ARN}/*`)));
    expect(await blind.get('none')).toBe('403 AccessDenied');
  });

  it.each<[string, string, (client: RunningS3['client']) => Promise<unknown>]>([
    ['ListObjectsV2', 's3:ListBucket', (client) => client.send(new ListObjectsV2Command({ Bucket: BUCKET }))],
    ['DeleteObject', 's3:DeleteObject', (client) => client.send(new DeleteObjectCommand(at('x')))],
    [
      'DeleteObject of a version',
      's3:DeleteObjectVersion',
      (client) => client.send(new DeleteObjectCommand({ ...at('x'), VersionId: 'v' })),
    ],
    [
      'GetObject of a version',
      's3:GetObjectVersion',
      (client) => client.send(new GetObjectCommand({ ...at('x'), VersionId: 'v' })),
    ],
    ['CreateMultipartUpload', 's3:PutObject', (client) => Upload.create(client, 'x')],
    ['UploadPart', 's3:PutObject', (client) => Upload.resume(client, 'x', 'y').part(1, 'x')],
    ['CompleteMultipartUpload', 's3:PutObject', (client) => Upload.resume(client, 'x', 'y').complete([])],
    ['AbortMultipartUpload', 's3:AbortMultipartUpload', (client) => Upload.resume(client, 'x', 'y').abort()],
    ['ListParts', 's3:ListMultipartUploadParts', (client) => Upload.resume(client, 'x', 'y').list()],
    [
      'ListMultipartUploads',
      's3:ListBucketMultipartUploads',
      (client) => client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET })),
    ],
  ])('needs for %s the permission %s', async (_, action, call) => {
    const asked: string[] = [];
    const { client } = await start((__, first) => {
      asked.push(first);
      throw Object.assign(new Error('no'), { name: 'AccessDeniedError' });
    });
    expect(await failureOf(call(client))).toMatch(/^403 /);
    expect(asked).toEqual([action]);
  });

  it.each([
    [
      's3:PutObject',
      (client: S3Client, more: object) => client.send(new PutObjectCommand({ ...at('train/a'), ...more })),
    ],
    ['s3:PutObject', (client: S3Client, more: object) => Upload.resume(client, 'x', 'y').complete([], more)],
    [
      's3:DeleteObject',
      (client: S3Client, more: object) => client.send(new DeleteObjectCommand({ ...at('train/a'), ...more })),
    ],
  ])('that may %s needs s3:GetObject, too, to compare an ETag', async (action, call) => {
    const { client } = await start(roleWith(allow([action, 's3:ListBucket'], '*')));
    expect(await failureOf(call(client, { IfMatch: '"x"' }))).toBe('403 AccessDenied');
    expect(await failureOf(call(client, { IfMatch: '*' }))).not.toBe('403 AccessDenied');
  });

  it.each<[string, string[], string, string]>([
    ['no permission for the key', [], '403 AccessDenied', '403 AccessDenied'],
    ['kms:Decrypt', ['kms:Decrypt'], 'no failure', '403 AccessDenied'],
    ['kms:GenerateDataKey', ['kms:GenerateDataKey'], '403 AccessDenied', 'no failure'],
  ])('with %s reads and writes what the bucket encrypts', async (_, actions, reading, writing) => {
    const condition = { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } };
    const key = actions.map((action) => allow(action, KEY_ARN, condition));
    const role = await start(roleWith(allow('s3:*', `${ARN}/*`), ...key), SETTINGS.kms);
    expect([await role.get('train/a'), await role.put('train/b')]).toEqual([reading, writing]);
  });

  it('is bound by the bucket’s policy, too, for which the loopback address is as good as TLS', async () => {
    const deny = { Effect: 'Deny', Principal: '*', Action: 's3:*' };
    const role = await start(
      roleWith(allow('s3:*', `${ARN}/*`)),
      SETTINGS.policy(
        { ...deny, Resource: `${ARN}/*`, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        { ...deny, Principal: { AWS: '*' }, Resource: `${ARN}/secret/*` },
      ),
    );
    expect(await role.get('train/a')).toBe('no failure');
    expect(await role.get('secret/a')).toBe('403 AccessDenied');
  });
});

describe('a signature', () => {
  it.each([
    ['for another region', { region: 'us-west-2' }, '400 AuthorizationHeaderMalformed'],
    ['for this region', {}, 'no failure'],
  ])('%s', async (_, more, failure) => {
    const s3 = await startS3();
    const client = clientOf(s3.url, more);
    const call = client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    expect(await failureOf(call)).toBe(failure);
    client.destroy();
    await s3.stop();
  });

  it('is needed by everybody', async () => {
    const s3 = await startS3();
    const response = await fetch(`${s3.url}/${BUCKET}/a`);
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toBe('application/xml');
    expect(await response.text()).toMatch(
      /^<\?xml .*\?>\n<Error><Code>AccessDenied<\/Code><Message>Access Denied/,
    );
    await s3.stop();
  });
});
