import type { TerraformMetaArguments } from 'cdktf';
import type { AssistantConfig } from '../config/assistant-config';

/** Terraform refuses any plan that would destroy what is protected. */
export const protection = ({ mlops }: AssistantConfig): Pick<TerraformMetaArguments, 'lifecycle'> =>
  mlops.deletionProtection ? { lifecycle: { preventDestroy: true } } : {};
