import { OPERATOR, createKms, createSts, readStack } from '@assistant/emulator/run';
import { synthesize } from '../../../../__tests__/support/synthesize';
import { awsTarget } from '../../../finetune/target/open-target';
import { terraformOutputs } from '../../../finetune/target/stack-resources';

const sts = createSts('us-east-1');
const app = synthesize();
const stack = readStack(app.directory, 'mlops');
app.remove();
const kms = createKms({ stack });
const { env } = process;

jest.mock('../../../finetune/target/stack-resources', () => ({
  ...jest.requireActual<object>('../../../finetune/target/stack-resources'),
  terraformOutputs: jest.fn().mockResolvedValue(undefined),
}));

beforeAll(async () => {
  process.env = {
    ...env,
    AWS_ACCESS_KEY_ID: OPERATOR.accessKeyId,
    AWS_SECRET_ACCESS_KEY: OPERATOR.secretAccessKey,
    AWS_ENDPOINT_URL_STS: await sts.listen(),
    AWS_ENDPOINT_URL_KMS: await kms.listen(),
  };
});
afterAll(async () => {
  process.env = env;
  await Promise.all([sts.close(), kms.close()]);
});

test('where Terraform’s outputs cannot be read, names follow from the account as the stack makes them', async () => {
  const { outputs } = stack;
  const target = await awsTarget({});
  target.close();
  expect(target).toMatchObject({
    kind: 'aws',
    region: 'us-east-1',
    speed: 1,
    bucket: outputs.s3_bucket_name,
    roleArn: outputs.sagemaker_role_arn,
    kmsKeyArn: outputs.kms_key_arn,
    modelPackageGroup: outputs.model_package_group_name,
  });
});

test('nobody is asked where the environment names everything', async () => {
  jest.mocked(terraformOutputs).mockClear();
  const target = await awsTarget({
    S3_BUCKET_NAME: 'mine',
    SAGEMAKER_ROLE_ARN: 'arn:aws:iam::999999999999:role/mine',
    KMS_KEY_ARN: 'arn:aws:kms:us-east-1:999999999999:key/1',
    MODEL_PACKAGE_GROUP_NAME: 'mine',
  });
  target.close();
  expect(target).toMatchObject({ bucket: 'mine', modelPackageGroup: 'mine' });
  expect(terraformOutputs).not.toHaveBeenCalled();
});
