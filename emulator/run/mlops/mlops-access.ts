import type { ServiceClient } from '../region/operator-access';

/** What the fine-tuning commands need to reach the mlops stack of this run. */
export interface MlopsAccess {
  readonly region: string;
  /** The stack's Terraform outputs, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly clients: Readonly<Record<'s3' | 'bedrock' | 'sageMaker' | 'iam' | 'sts', ServiceClient>>;
}
