import type { Readable } from 'node:stream';
import type { Intercept } from '../../platform/faults/effects';
import type { Authorizer } from '../../platform/policy/authorizer';
import type { RequestContext } from '../../platform/policy/policy';
import type { Clock } from '../../platform/clock';

/** S3 as a customization job sees it. */
export interface ObjectStore {
  /**
   * undefined when there is no such object
   * @throws AwsError when there is no such bucket; its message becomes the job's failure message
   */
  get(bucket: string, key: string): Readable | undefined | Promise<Readable | undefined>;
  put(bucket: string, key: string, body: string): unknown;
}

/**
 * Throws an error named `AccessDenied...` unless this principal may do this.
 * @param principal access key ID of a signature, or the ARN of the role that a service acts as
 */
export type Authorize = (
  principal: string,
  action: string,
  resource: string,
  context?: RequestContext,
) => void;

export interface BedrockControlOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly authorize: Authorize;
  readonly assumable: Authorizer['assumable'];
  readonly data: ObjectStore;
  /** ARN of the KMS key that a bucket encrypts with; undefined for a bucket that uses S3's own, the default */
  readonly encryptionKey?: (bucket: string) => string | undefined;
  /** ARNs of the KMS keys that exist; default: none */
  readonly keys?: readonly string[];
  /**
   * Keeps what this account can invoke now: the ARN of a deployment or provisioned model, and the ID of the foundation
   * model behind it.
   */
  readonly served: Map<string, string>;
  /** what is wrong with a call, or with the job that would be completed now; default: nothing */
  readonly intercept?: Intercept;
}
