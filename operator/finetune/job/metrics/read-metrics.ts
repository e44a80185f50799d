import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { GetModelCustomizationJobResponse } from '@aws-sdk/client-bedrock';
import type { Target } from '../../target/target';
import { parseMetrics, type MetricStep } from './parse-metrics';

export interface JobMetrics {
  /** As Bedrock wrote it. */
  readonly csv: string;
  readonly training: readonly MetricStep[];
  /** Empty for a job without validation data. */
  readonly validation: readonly MetricStep[];
}

const TRAINING_FILE = 'step_wise_training_metrics.csv';
const VALIDATION_FILE = 'validation_metrics.csv';

/**
 * The metrics that a finished job has written under its output location.
 * @returns undefined where it has written none
 */
export async function readMetrics(
  { s3 }: Pick<Target, 's3'>,
  { jobArn = '', outputDataConfig }: Pick<GetModelCustomizationJobResponse, 'jobArn' | 'outputDataConfig'>,
): Promise<JobMetrics | undefined> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(outputDataConfig?.s3Uri ?? '') ?? [];
  const folder = `${prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`}model-customization-job-${jobId(jobArn)}/`;
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: folder },
  )) {
    keys.push(...Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
  }
  const read = async (file: string): Promise<string | undefined> => {
    const key = keys.find((candidate) => candidate.endsWith(`/${file}`));
    if (key === undefined) return undefined;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body?.transformToString();
  };
  const [csv, validation] = await Promise.all([read(TRAINING_FILE), read(VALIDATION_FILE)]);
  if (csv === undefined) return undefined;
  return {
    csv,
    training: parseMetrics(csv, 'training_loss'),
    validation: validation === undefined ? [] : parseMetrics(validation, 'validation_loss'),
  };
}

/** arn:aws:bedrock:REGION:ACCOUNT:model-customization-job/MODEL/ID */
const jobId = (jobArn: string): string => jobArn.slice(jobArn.lastIndexOf('/') + 1);
