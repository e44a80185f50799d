import fc from 'fast-check';
import { TUNABLE_MODELS, tunableModel } from '../../../../contract/tunable-models';
import {
  customizationRequest,
  JOB_NAME,
  type JobData,
  type JobWish,
} from '../../../finetune/job/customization-request';

const base = tunableModel('amazon.nova-micro-v1:0:128k') ?? TUNABLE_MODELS[0];
if (!base) throw new Error('No model is tunable.');

const stack = {
  bucket: 'training',
  roleArn: 'arn:aws:iam::123456789012:role/training',
  kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1',
  config: { project: 'customer-assistant' },
};
const object = (key: string, version: string) => ({ uri: `s3://training/${key}`, version });
const data: JobData = { training: object('train/a.jsonl', 'v1') };
const wish: JobWish = {
  base,
  hyperparameters: { epochCount: '2', learningRate: '0.00001' },
  tags: { team: 'a' },
};

const token = (changed: Partial<JobWish> = {}, otherData = data, otherStack = stack) =>
  customizationRequest({ ...wish, ...changed }, otherData, otherStack).clientRequestToken;

test('the same wish is the same request, in whatever order it is given', () => {
  const hyperparameters = { learningRate: '0.00001', epochCount: '2' };
  expect(customizationRequest({ ...wish, hyperparameters }, data, stack)).toEqual(
    customizationRequest(wish, data, stack),
  );
});

test.each<[string, string]>([
  ['name', token({ name: 'other' })],
  ['base model', token({ base: { ...base, id: 'amazon.nova-lite-v1:0:300k' } })],
  ['hyperparameter', token({ hyperparameters: { epochCount: '3' } })],
  ['tag', token({ tags: { team: 'b' } })],
  ['key', token({ kmsKeyArn: `${stack.kmsKeyArn}2` })],
  ['place of the data', token({}, { training: object('train/b.jsonl', 'v1') })],
  ['version of the data', token({}, { training: object('train/a.jsonl', 'v2') })],
  ['validation data', token({}, { ...data, validation: object('validation/a.jsonl', 'v1') })],
  ['role', token({}, data, { ...stack, roleArn: `${stack.roleArn}2` })],
])('another %s is another job', (_, other) => {
  expect(other).not.toBe(token());
});

test('names and tokens are what Bedrock takes, for every model and project', () => {
  const project = fc.stringMatching(/^[a-z][a-z0-9]{1,23}$/);
  fc.assert(
    fc.property(fc.constantFrom(...TUNABLE_MODELS), project, fc.string(), (model, name, version) => {
      const request = customizationRequest(
        { ...wish, base: model },
        { training: object('train/a.jsonl', version) },
        { ...stack, config: { project: name } },
      );
      expect(request.jobName).toMatch(JOB_NAME);
      expect(request.jobName.startsWith(`${name}-`)).toBe(true);
      expect(request.clientRequestToken).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$/);
    }),
  );
});

test('the request says where the data is, where the results go, and what encrypts them', () => {
  const validation = object('validation/a.jsonl', 'v7');
  expect(customizationRequest({ ...wish, name: 'support-1' }, { ...data, validation }, stack)).toMatchObject({
    jobName: 'support-1',
    customModelName: 'support-1',
    customizationType: 'FINE_TUNING',
    baseModelIdentifier: base.id,
    roleArn: stack.roleArn,
    customModelKmsKeyId: stack.kmsKeyArn,
    trainingDataConfig: { s3Uri: 's3://training/train/a.jsonl' },
    validationDataConfig: { validators: [{ s3Uri: 's3://training/validation/a.jsonl' }] },
    outputDataConfig: { s3Uri: 's3://training/output/' },
    jobTags: [
      { key: 'project', value: 'customer-assistant' },
      { key: 'team', value: 'a' },
      { key: 'training-data-version', value: 'v1' },
    ],
  });
});
