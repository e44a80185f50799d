import type { ModelConfig } from '../../../contract/model-config';
import { requestTypes, selectRule } from '../../../contract/select-rule';
import type { RegionPicture } from '../picture';

/** Which models answer what in a region, the default rule first. */
export const rulesByType = (config: ModelConfig, region: string): RegionPicture['rules'] =>
  // No type has an empty name: it stands for all without a rule.
  ['', ...requestTypes(config, region)].map((type) => {
    const { primary, fallback } = selectRule(config, region, type);
    return { type: type === '' ? 'default' : type, primary: primary.modelId, fallback: fallback.modelId };
  });
