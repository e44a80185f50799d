import { OUTPUT_PREFIX, TRAINING_PREFIX, VALIDATION_PREFIX } from '../../contract/training-data';
import type { Statement } from '../iam';
import { keyUses } from './key-use';

/** What a training job works on. */
export interface TrainingScope {
  readonly region: string;
  readonly account: string;
  readonly bucketArn: string;
  readonly keyArn: string;
}

const PREFIXES = [TRAINING_PREFIX, VALIDATION_PREFIX, OUTPUT_PREFIX].map((prefix) => `${prefix}*`);

/** @returns permissions of the role that both services' training jobs act with */
export const trainingPermissions = (scope: TrainingScope): readonly Statement[] => [
  ...dataStatements(scope),
  ...trainingJobStatements(scope),
];

/**
 * Read the data, write the results. Source: Bedrock user guide, "Create a service role for model customization",
 * narrowed to the prefixes.
 */
function dataStatements({ region, bucketArn, keyArn }: TrainingScope): readonly Statement[] {
  return [
    {
      sid: 'ListData',
      actions: ['s3:ListBucket'],
      resources: [bucketArn],
      conditions: { StringLike: { 's3:prefix': PREFIXES } },
    },
    { sid: 'FindBucket', actions: ['s3:GetBucketLocation'], resources: [bucketArn] },
    {
      sid: 'ReadData',
      actions: ['s3:GetObject'],
      resources: PREFIXES.map((prefix) => `${bucketArn}/${prefix}`),
    },
    {
      sid: 'WriteResults',
      actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
      resources: [`${bucketArn}/${OUTPUT_PREFIX}*`],
    },
    ...keyUses(region).map(({ service, actions }) => ({
      actions,
      resources: [keyArn],
      conditions: { StringEquals: { 'kms:ViaService': service } },
    })),
  ];
}

/**
 * What SageMaker's training jobs need beside the data: the image of a built-in algorithm, logs and metrics. Source:
 * SageMaker developer guide, "How to use SageMaker execution roles", CreateTrainingJob; narrowed where it says `*`.
 */
function trainingJobStatements({ region, account }: TrainingScope): readonly Statement[] {
  return [
    { sid: 'GetAuthorizationTokenTakesNoResource', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    {
      sid: 'PullImage',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      // The images of built-in algorithms are in accounts of AWS, which differ by algorithm.
      resources: [`arn:aws:ecr:${region}:*:repository/*`],
    },
    {
      sid: 'WriteLogs',
      actions: [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
      ],
      resources: [`arn:aws:logs:${region}:${account}:log-group:/aws/sagemaker/*`],
    },
    {
      sid: 'PutMetricDataTakesNoResource',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
    },
  ];
}
