import { outputsByName, stackResources } from '../../../finetune/target/stack-resources';

const outputs = outputsByName('assistant', 'us-east-1', '123456789012');

test('the environment beats the stack’s outputs', () => {
  const environment = { S3_BUCKET_NAME: 'mine', SAGEMAKER_ROLE_ARN: '' };
  expect(stackResources(environment, outputs)).toEqual({
    bucket: 'mine',
    roleArn: 'arn:aws:iam::123456789012:role/assistant-training-us-east-1',
    kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:alias/assistant-training',
    modelPackageGroup: 'assistant-tuned-models',
  });
});

test('what is missing is named with what to do', () => {
  const { s3_bucket_name: _, kms_key_arn: __, ...rest } = outputs;
  expect(() => stackResources({}, rest)).toThrow(/^S3_BUCKET_NAME, KMS_KEY_ARN: .*npx cdktf deploy mlops/);
});
