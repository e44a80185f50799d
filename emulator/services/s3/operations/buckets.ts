import type { Reply } from '../../../platform/http/server';
import { xmlReply } from '../http/replies';
import { listObjects } from './list-objects';
import type { Call, Operation } from './operation';

const headBucket = async ({ region }: Call): Promise<Reply> =>
  Promise.resolve({ status: 200, headers: { 'x-amz-bucket-region': region } });

/** us-east-1 is the region without a name here. */
const getBucketLocation = async ({ region }: Call): Promise<Reply> =>
  Promise.resolve(xmlReply('LocationConstraint', region === 'us-east-1' ? '' : region));

export const bucketOperations: readonly Operation[] = [
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', action: 's3:ListBucket', run: headBucket },
  {
    name: 'GetBucketLocation',
    method: 'GET',
    on: 'bucket',
    selectors: ['location'],
    action: 's3:GetBucketLocation',
    run: getBucketLocation,
  },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    on: 'bucket',
    selectors: ['list-type'],
    options: ['prefix', 'delimiter', 'continuation-token', 'start-after', 'max-keys', 'encoding-type'],
    action: 's3:ListBucket',
    run: listObjects,
  },
];
