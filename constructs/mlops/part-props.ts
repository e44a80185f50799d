import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { TerraformMetaArguments } from 'cdktf';
import { staysIn } from '../base-stack';
import type { AssistantConfig } from '../config/assistant-config';

/** What each part of the mlops stack is given. */
export interface MlopsPartProps {
  readonly config: AssistantConfig;
  readonly region: string;
  /** Id of the account that the stack is deployed to. */
  readonly account: string;
  /** The aliased provider of the region. */
  readonly provider: AwsProvider;
}

/** Terraform refuses any plan that would destroy what is protected, or leave it in another region. */
export const protection = ({
  config: { mlops },
  region,
}: Pick<MlopsPartProps, 'config' | 'region'>): Pick<TerraformMetaArguments, 'lifecycle'> => ({
  lifecycle: { ...(mlops.deletionProtection && { preventDestroy: true }), ...staysIn(region) },
});
