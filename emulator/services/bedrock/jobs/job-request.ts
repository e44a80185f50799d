import { z } from 'zod';
import { notEmulated, text } from '../../../platform/http/constraints';
import { tagsSchema } from '../resources/tags';

/** Source of lengths and patterns: Bedrock API reference, `CreateModelCustomizationJob`. */
const s3Uri = text(
  1,
  1024,
  /^s3:\/\/[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](?:\/[-!_*'().a-z0-9A-Z]+(?:\/[-!_*'().a-z0-9A-Z]+)*)?\/?$/,
);
export const clientRequestToken = text(1, 256, /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,254}[a-zA-Z0-9])?$/).nullish();
export const resourceName = text(1, 63, /^([0-9a-zA-Z][_-]?){1,63}$/);

export const jobRequestSchema = z.object({
  jobName: text(1, 63, /^[a-zA-Z0-9](-*[a-zA-Z0-9+\-.])*$/),
  customModelName: resourceName,
  roleArn: text(0, 2048, /^arn:aws(-[^:]+)?:iam::([0-9]{12})?:role\/.+$/),
  clientRequestToken,
  baseModelIdentifier: text(1, 2048),
  customizationType: z.enum(['FINE_TUNING'], 'only FINE_TUNING is emulated').default('FINE_TUNING'),
  customModelKmsKeyId: text(1, 2048).optional(),
  jobTags: tagsSchema.default([]),
  customModelTags: tagsSchema.default([]),
  trainingDataConfig: z.object({ s3Uri, invocationLogsConfig: notEmulated }),
  validationDataConfig: z
    .object({
      validators: z.array(z.object({ s3Uri })).max(1, 'only one validator is emulated'),
    })
    .default({ validators: [] }),
  outputDataConfig: z.object({ s3Uri }),
  hyperParameters: z.record(z.string(), z.string('Member must be a string')).default({}),
  vpcConfig: notEmulated,
  customizationConfig: notEmulated,
});

export type JobRequest = z.output<typeof jobRequestSchema>;

/** An object, or a prefix, in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** @param uri `s3://bucket/key`, as the schema lets it through */
export function parseS3Uri(uri: string): S3Location {
  const [bucket = '', ...key] = uri.slice('s3://'.length).split('/');
  return { bucket, key: key.join('/') };
}

/** Where a job writes: below its output prefix. */
export function outputLocation({ outputDataConfig }: JobRequest, path: string): S3Location {
  const { bucket, key } = parseS3Uri(outputDataConfig.s3Uri);
  return { bucket, key: [...key.split('/').filter((part) => part !== ''), path].join('/') };
}
