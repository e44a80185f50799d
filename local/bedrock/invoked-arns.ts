import { parseModelId, US_REGIONS, type ModelSetting } from './model-id';

/**
 * The resources that `bedrock:InvokeModel` must be allowed on, all of them, to converse with a model.
 * An inference profile needs its own ARN and the model's in every region it may spread the request to
 * (Bedrock user guide, "Prerequisites for inference profiles").
 * @throws AwsError when the ID names nothing in this region
 */
export function invokedArns(
  modelId: string,
  setting: Pick<ModelSetting, 'region' | 'ownModels'> & { readonly accountId: string },
): string[] {
  const { region, accountId, ownModels = {} } = setting;
  if (ownModels[modelId] !== undefined) return [modelId];
  const { id, geography } = parseModelId(modelId, setting);
  const modelIn = (where: string): string => `arn:aws:bedrock:${where}::foundation-model/${id}`;
  if (!geography) return [modelIn(region)];
  const profile = `arn:aws:bedrock:${region}:${accountId}:inference-profile/${geography}.${id}`;
  // A global profile's model is also checked on an ARN without a region.
  const destinations = geography === 'global' ? [region, ''] : US_REGIONS;
  return [profile, ...destinations.map(modelIn)];
}
