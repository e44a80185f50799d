import { readConfig } from '../../../constructs/config/read-config';
import { defaultModelConfig } from '../../../contract/default-model-config';
import { chooseRegions, type Target } from './target';

/**
 * Bedrock itself, by the credentials that the AWS SDK finds.
 * @throws Error for regions that are none
 */
export function awsTarget(wanted: string): Target {
  const regions = chooseRegions(wanted, readConfig().regions);
  return {
    regions: Object.fromEntries(regions.map((region) => [region, {}])),
    modelConfig: defaultModelConfig,
    isPaid: true,
  };
}
