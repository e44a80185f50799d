import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import type { ModelConfig } from '../../../contract/model-config';

/** Where models are called: real Bedrock, or a running `npm start`. */
export interface Target {
  /** By AWS region, what reaches its Bedrock. */
  readonly regions: Readonly<Record<string, BedrockRuntimeClientConfig>>;
  /** The rules whose prompts and limits are measured, and which a recommendation starts from. */
  readonly modelConfig: ModelConfig;
  /** Whether calls cost money. */
  readonly isPaid: boolean;
}

/** `primary`, `secondary`, `both`, or AWS regions separated by commas. */
export function chooseRegions(
  wanted: string,
  roles: Readonly<Record<'primary' | 'secondary', string>>,
): readonly string[] {
  if (wanted === 'both') return [roles.primary, roles.secondary];
  if (wanted === 'primary' || wanted === 'secondary') return [roles[wanted]];
  const regions = wanted.split(',').map((region) => region.trim());
  const wrong = regions.filter((region) => !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region));
  if (wrong.length > 0) {
    throw new Error(
      `--region ${wanted}: "${wrong.join('", "')}" is no region. Name primary, secondary, both, or regions such as us-east-1,us-west-2.`,
    );
  }
  return [...new Set(regions)];
}
