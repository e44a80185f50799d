import { parseModelId, US_REGIONS, type ModelSetting } from './model-id';

/** `bedrock:InvokeModel` for Converse, the other one for ConverseStream. */
export type InvokeAction = 'bedrock:InvokeModel' | 'bedrock:InvokeModelWithResponseStream';

/** Models of an account: they need permission for their own ARN, and are looked for only after that. */
const OWN_MODEL =
  /^arn:[^:]+:bedrock:[^:]+:\d{12}:(?:custom-model-deployment|provisioned-model|custom-model|imported-model)\//;

/**
 * The resources that an InvokeAction must be allowed on, all of them, to converse with a model.
 * An inference profile needs its own ARN and the model's in every region it may spread the request to
 * (Bedrock user guide, "Prerequisites for inference profiles").
 * @throws AwsError when the ID names nothing in this region
 */
export function invokedArns(
  modelId: string,
  setting: Pick<ModelSetting, 'region'> & { readonly accountId: string },
): string[] {
  const { region, accountId } = setting;
  if (OWN_MODEL.test(modelId)) return [modelId];
  const { id, geography } = parseModelId(modelId, setting);
  const modelIn = (where: string): string => `arn:aws:bedrock:${where}::foundation-model/${id}`;
  if (!geography) return [modelIn(region)];
  const profile = `arn:aws:bedrock:${region}:${accountId}:inference-profile/${geography}.${id}`;
  // A global profile's model is also checked on an ARN without a region.
  const destinations = geography === 'global' ? [region, ''] : US_REGIONS;
  return [profile, ...destinations.map(modelIn)];
}
