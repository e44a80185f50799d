import { validationError } from '../../platform/http/aws-error';
import { parse } from '../../platform/http/constraints';
import type { RequestContext } from '../../platform/policy/policy';
import { ACCOUNT } from '../../stack/placement';
import type { CustomModels } from './custom-models';
import {
  isOver,
  type Job,
  type JobRequest,
  jobRequestSchema,
  newJob,
  outputLocation,
  parseS3Uri,
  type S3Location,
} from './customization-job';
import { type Call, quotaExceeded } from './http';
import type { BedrockControlOptions } from './options';
import { arnOf, newId, type Registry } from './resources';
import { requireTags } from './tags';
import { requireHyperparameters, requireTunable, type TunableModel } from './tunable-models';

/** "Scheduled customization jobs" of an account and region: Service Quotas, L-0406044C. */
const MAX_SCHEDULED = 10;

interface JobRegisters {
  readonly jobs: Registry<Job>;
  readonly models: Pick<CustomModels, 'named'>;
}

interface Requested {
  readonly request: JobRequest;
  readonly baseModel: TunableModel;
  /** Of the job that is to be. */
  readonly arn: string;
}

/**
 * Reads a request to CreateModelCustomizationJob, and asks whether the caller may make it.
 * @throws AwsError ValidationException or AccessDeniedException
 */
export function requestedJob(call: Call, options: BedrockControlOptions): Requested {
  const request = parse(jobRequestSchema, call.body);
  const baseModel = requireTunable(request.baseModelIdentifier, options.region);
  const arn = arnOf(options.region, `model-customization-job/${baseModel.id}/${newId()}`);
  call.permit('bedrock:CreateModelCustomizationJob', arn);
  call.permit('iam:PassRole', request.roleArn);
  return { request, baseModel, arn };
}

/**
 * Checks what is requested in Bedrock's stead.
 * @returns the new job, which is not registered yet
 * @throws AwsError ValidationException, ServiceQuotaExceededException, TooManyTagsException or AccessDeniedException
 */
export function checkedJob(
  { request, baseModel, arn }: Requested,
  call: Call,
  registers: JobRegisters,
  options: BedrockControlOptions,
): Job {
  const { customModelKmsKeyId } = request;
  const hyperParameters = requireHyperparameters(baseModel, request.hyperParameters);
  requireFreeNames(request, registers);
  requireTags(request.jobTags, request.jobName);
  requireTags(request.customModelTags, request.customModelName);
  const kmsKeyArn =
    customModelKmsKeyId === undefined ? undefined : requireModelKey(customModelKmsKeyId, call, options);
  requireAccess(request, arn, options);
  if (registers.jobs.all().filter(({ status }) => !isOver(status)).length >= MAX_SCHEDULED) {
    throw quotaExceeded(`The account has ${MAX_SCHEDULED} scheduled customization jobs already.`);
  }
  return newJob({
    arn,
    createdAt: options.clock.now(),
    request,
    baseModel,
    hyperParameters,
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
  });
}

/** A job's name is taken for good, a model's as long as there is such a model or a job that is to make it. */
function requireFreeNames({ jobName, customModelName }: JobRequest, { jobs, models }: JobRegisters): void {
  if (jobs.all().some(({ name }) => name === jobName)) {
    throw validationError('The provided job name is currently in use.');
  }
  const planned = jobs
    .all()
    .some(({ status, request }) => !isOver(status) && request.customModelName === customModelName);
  if (planned || models.named(customModelName)) {
    throw validationError('The provided custom model name is currently in use.');
  }
}

/** What the caller needs of the key: Bedrock user guide, "Encryption of custom models". */
const KEY_ACTIONS = ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt', 'kms:CreateGrant'];

/**
 * The ARN of the key that a custom model is to be encrypted with, by its ARN or ID; aliases are not emulated.
 * @throws AwsError ValidationException when there is no such key in this region; AccessDeniedException
 */
function requireModelKey(
  identifier: string,
  call: Call,
  { region, keys = [] }: Pick<BedrockControlOptions, 'region' | 'keys'>,
): string {
  const arn = identifier.startsWith('arn:')
    ? identifier
    : `arn:aws:kms:${region}:${ACCOUNT}:key/${identifier}`;
  if (!keys.includes(arn)) {
    throw validationError(
      `The provided KMS key ${identifier} does not exist or is not accessible in ${region}.`,
    );
  }
  for (const action of KEY_ACTIONS) call.permit(action, arn);
  return arn;
}

type AccessOptions = Pick<BedrockControlOptions, 'region' | 'authorize' | 'assumable' | 'encryptionKey'>;

const SERVICE = 'bedrock.amazonaws.com';

/**
 * Tries what Bedrock tries before it takes a job: whether it may act as the role, and the role read the data and write
 * the output. Wording: Bedrock user guide, "Troubleshooting model customization issues".
 * @throws AwsError ValidationException naming the permission, bucket and key
 */
function requireAccess(request: JobRequest, jobArn: string, options: AccessOptions): void {
  const { roleArn, trainingDataConfig, validationDataConfig } = request;
  const source = { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': jobArn };
  if (!options.assumable(roleArn, SERVICE, source)) {
    throw validationError('Could not assume provided IAM role.');
  }
  for (const { s3Uri } of [trainingDataConfig, ...validationDataConfig.validators]) {
    requireReadable(parseS3Uri(s3Uri), roleArn, options);
  }
  requireWritable(outputLocation(request, '.write_access_check_file.tmp'), roleArn, options);
}

function requireReadable(location: S3Location, roleArn: string, options: AccessOptions): void {
  const { bucket, key } = location;
  const may = asRole(roleArn, options);
  const readable =
    may('s3:GetObject', objectArn(location)) &&
    may('s3:ListBucket', `arn:aws:s3:::${bucket}`, { 's3:prefix': key }) &&
    mayUseKey(may, 'kms:Decrypt', bucket, options);
  if (readable) return;
  throw validationError(
    `Could not validate GetObject permissions to access Amazon S3 bucket: ${bucket} at key ${key}`,
  );
}

function requireWritable(location: S3Location, roleArn: string, options: AccessOptions): void {
  const { bucket, key } = location;
  const may = asRole(roleArn, options);
  if (may('s3:PutObject', objectArn(location)) && mayUseKey(may, 'kms:GenerateDataKey', bucket, options))
    return;
  throw validationError(
    `Amazon S3 perms missing (PutObject): Could not validate PutObject permissions to access S3 bucket: ${bucket} at key ${key}`,
  );
}

type May = (action: string, resource: string, context?: RequestContext) => boolean;

const asRole =
  (roleArn: string, { authorize }: AccessOptions): May =>
  (action, resource, context = {}) => {
    try {
      authorize(roleArn, action, resource, {
        'aws:ResourceAccount': ACCOUNT,
        'aws:SecureTransport': 'true',
        ...context,
      });
      return true;
    } catch (error) {
      if (error instanceof Error && error.name.startsWith('AccessDenied')) return false;
      throw error;
    }
  };

/** S3 uses the bucket's key in the role's name; with a bucket key, the bucket is the encryption context. */
function mayUseKey(
  may: May,
  action: string,
  bucket: string,
  { region, encryptionKey }: AccessOptions,
): boolean {
  const key = encryptionKey?.(bucket);
  const context = {
    'kms:ViaService': `s3.${region}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${bucket}`,
  };
  return key === undefined || may(action, key, context);
}

const objectArn = ({ bucket, key }: S3Location): string => `arn:aws:s3:::${bucket}/${key}`;
