import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { keyArn, outputsByName } from '../../../finetune/target/stack-resources';
import { ensureUploaded } from '../../../finetune/upload/ensure-uploaded';
import { datasetFile } from '../dataset-file';
import { startLocalServices, type LocalServices } from '../local-services';

let services: LocalServices;
const data = datasetFile();
beforeAll(async () => {
  services = await startLocalServices();
});
afterAll(async () => {
  await services.close();
});

const alias = () =>
  outputsByName(services.target.config.project, services.target.region, '123456789012').kms_key_arn;

describe('a key that is known by its alias', () => {
  it('is uploaded under once: S3 takes the alias, and answers with the key’s ARN', async () => {
    const { target } = services;
    const byAlias = { ...target, kmsKeyArn: alias() };
    await expect(ensureUploaded(data, 'train/alias.jsonl', byAlias)).rejects.toThrow('is not');
    const { SSEKMSKeyId } = await target.s3.send(
      new HeadObjectCommand({ Bucket: target.bucket, Key: 'train/alias.jsonl' }),
    );
    expect(SSEKMSKeyId).toBe(target.kmsKeyArn);

    const resolved = { ...target, kmsKeyArn: await keyArn(target.kms, alias()) };
    expect(resolved.kmsKeyArn).toBe(target.kmsKeyArn);
    expect((await ensureUploaded(data, 'train/alias.jsonl', resolved)).keptParts).toBeUndefined();
    expect((await ensureUploaded(data, 'train/resolved.jsonl', resolved)).keptParts).toBe(0);
  });

  it('is found by its ID, too, and by the name of its alias', async () => {
    const { kms, kmsKeyArn } = services.target;
    const [, id = ''] = kmsKeyArn.split(':key/');
    const name = alias().slice(alias().indexOf('alias/'));
    expect(await Promise.all([keyArn(kms, id), keyArn(kms, name)])).toEqual([kmsKeyArn, kmsKeyArn]);
  });

  it('is not looked up where its ARN is known', async () => {
    const { kmsKeyArn } = services.target;
    await expect(keyArn(undefined as never, kmsKeyArn)).resolves.toBe(kmsKeyArn);
  });

  it('that leads nowhere is told with what to do', async () => {
    await expect(keyArn(services.target.kms, `${alias()}-other`)).rejects.toThrow(
      /There is no key .*-other. Deploy the mlops stack/,
    );
  });
});
