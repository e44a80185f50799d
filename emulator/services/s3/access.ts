import { AwsError } from '../../platform/http/aws-error';
import { requirePermission } from '../../platform/http/sigv4';
import { decide, type RequestContext } from '../../platform/policy/policy';
import type { BucketSettings } from './bucket-settings';
import { accessDenied } from './errors';

/**
 * Throws an error named `AccessDenied...` when this caller may not do this.
 * @param resource ARN of a bucket, an object or a KMS key
 */
export type Authorize = (
  accessKeyId: string,
  action: `s3:${string}` | `kms:${string}`,
  resource: string,
  context: RequestContext,
) => void;

export type KmsUse = 'kms:Decrypt' | 'kms:GenerateDataKey';

interface AccessOptions {
  readonly region: string;
  readonly authorize: Authorize;
  readonly caller: string;
  readonly settings: BucketSettings;
}

/**
 * Plain HTTP counts as TLS: nothing that this server answers leaves the machine.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const TRANSPORT: RequestContext = { 'aws:SecureTransport': 'true' };

/** What one caller may do with one bucket. */
export class Access {
  constructor(private readonly options: AccessOptions) {}

  /**
   * @param key of an object; left out for what concerns the bucket
   * @throws AwsError 403 AccessDenied, of the bucket's policy or the caller's
   */
  require(action: `s3:${string}`, key?: string, context: RequestContext = {}): void {
    const { settings, caller, authorize } = this.options;
    const resource = key === undefined ? settings.arn : `${settings.arn}/${key}`;
    const all = { ...TRANSPORT, ...context };
    if (decide(settings.policy, action, resource, all) === 'explicitly denied') {
      throw accessDenied('Access Denied with an explicit deny in a resource-based policy');
    }
    asS3(() => {
      authorize(caller, action, resource, all);
    });
  }

  allows(action: `s3:${string}`, key?: string): boolean {
    try {
      this.require(action, key);
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }

  /**
   * S3 uses the bucket's key in its caller's name, and with a key per bucket its ARN as the encryption context:
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
   * @throws AwsError 403 AccessDenied
   */
  requireKey(uses: readonly KmsUse[], key: string): void {
    const { settings, caller, authorize, region } = this.options;
    const { keyArn, bucketKey } = settings.encryption;
    if (keyArn === undefined) return;
    const context = {
      'kms:ViaService': `s3.${region}.amazonaws.com`,
      'kms:EncryptionContext:aws:s3:arn': bucketKey ? settings.arn : `${settings.arn}/${key}`,
    };
    for (const use of uses) {
      asS3(() => {
        authorize(caller, use, keyArn, context);
      });
    }
  }
}

function asS3(check: () => void): void {
  try {
    requirePermission(check);
  } catch (error) {
    throw error instanceof AwsError ? accessDenied(error.message) : error;
  }
}
