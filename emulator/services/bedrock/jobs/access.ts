import { validationError } from '../../../platform/http/aws-error';
import type { RequestContext } from '../../../platform/policy/statement';
import type { BedrockControlOptions } from '../options';
import { outputLocation, parseS3Uri, type JobRequest, type S3Location } from './job-request';

type AccessOptions = Pick<
  BedrockControlOptions,
  'region' | 'account' | 'authorize' | 'assumable' | 'encryptionKey'
>;

const SERVICE = 'bedrock.amazonaws.com';

/**
 * Tries what Bedrock tries before it takes a job: whether it may act as the role, and the role read the data and write
 * the output. Wording: Bedrock user guide, "Troubleshooting model customization issues".
 * @throws AwsError ValidationException naming the permission, bucket and key
 */
export function requireAccess(request: JobRequest, jobArn: string, options: AccessOptions): void {
  const { roleArn, trainingDataConfig, validationDataConfig } = request;
  const source = { 'aws:SourceAccount': options.account, 'aws:SourceArn': jobArn };
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
  (roleArn: string, { authorize, account }: AccessOptions): May =>
  (action, resource, context = {}) => {
    try {
      authorize(roleArn, action, resource, {
        'aws:ResourceAccount': account,
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
