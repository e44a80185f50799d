import { END_OF_LIFE_MESSAGE } from '../../platform/faults/modes';
import { AwsError, validationError } from '../../platform/http/aws-error';
import { ACCOUNT } from '../../stack/placement';
import { FOUNDATION_MODELS, type FoundationModel, type Geography, lifeOf } from './foundation-models';

/** Where a request for a model is to be served. */
export interface ModelSetting {
  /** region of the endpoint called */
  readonly region: string;
  /** milliseconds since the epoch; decides what has reached its end of life */
  readonly now: number;
  /** this account's tuned models: the ARN of a deployment or provisioned model, and the ID of its base model */
  readonly ownModels?: ReadonlyMap<string, string>;
}

const NAME = '[a-z0-9-]{1,63}';
/** `modelId` of Converse: Bedrock API reference, `API_runtime_Converse`; 1 to 2,048 characters. */
const MODEL_ID = new RegExp(
  `^(?:arn:aws(?:-[^:]+)?:bedrock:[a-z0-9-]{1,20}:(?:` +
    [
      `[0-9]{12}:custom-model/${NAME}[.]${NAME}/[a-z0-9]{12}`,
      `:foundation-model/${NAME}[.]${NAME}[.:]?${NAME}`,
      '[0-9]{12}:imported-model/[a-z0-9]{12}',
      '[0-9]{12}:provisioned-model/[a-z0-9]{12}',
      '[0-9]{12}:custom-model-deployment/[a-z0-9]{12}',
      '[0-9]{12}:(?:application-)?inference-profile/[a-zA-Z0-9-:.]+',
      '[0-9]{12}:(?:default-)?prompt-router/[a-zA-Z0-9-:.]+',
      '[0-9]{12}:prompt/[0-9a-zA-Z]{10}(?::[0-9]{1,5})?',
    ].join('|') +
    `)|[a-zA-Z0-9-:.]+|(?:[0-9a-zA-Z][_-]?)+)$`,
);
const MAX_LENGTH = 2048;
/**
 * The regions that a geography's profile spreads requests over, whichever of them is called: those of most models, as
 * the user guide's "Supported Regions and models for inference profiles" has them. A model may have more, or fewer.
 */
const DESTINATIONS: Readonly<Record<Exclude<Geography, 'global'>, readonly string[]>> = {
  us: ['us-east-1', 'us-east-2', 'us-west-2'],
  eu: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
};

/** The parts of a model ID that this region can serve: the model's own ID, and the profile's geography. */
interface ModelReference {
  readonly id: string;
  readonly geography?: Geography;
}

const invalid = (): AwsError => validationError('The provided model identifier is invalid.');

/**
 * The model behind a `modelId`.
 * @throws AwsError ValidationException for what is malformed, unknown or not offered on demand here;
 * ResourceNotFoundException for what has reached its end of life or does not exist in this account
 */
export function resolveModel(modelId: string, setting: ModelSetting): FoundationModel {
  const { id, geography } = parseModelId(modelId, setting);
  const model = FOUNDATION_MODELS.find((candidate) => candidate.id === id);
  if (!model || (geography && !model.profiles.includes(geography))) throw invalid();
  if (lifeOf(model, setting.now).status === 'GONE') {
    throw new AwsError(404, 'ResourceNotFoundException', END_OF_LIFE_MESSAGE);
  }
  if (!geography && !setting.ownModels?.has(modelId) && !model.onDemand.includes(setting.region)) {
    throw validationError(
      `Invocation of model ID ${id} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    );
  }
  return model;
}

/** @throws AwsError ValidationException when it does not fit the API's pattern */
export function requireModelIdPattern(modelId: string): void {
  if (modelId.length > MAX_LENGTH || !MODEL_ID.test(modelId)) throw invalid();
}

/** @throws AwsError as `resolveModel` does, for an ID that names nothing here */
export function parseModelId(
  modelId: string,
  setting: Pick<ModelSetting, 'region' | 'ownModels'>,
): ModelReference {
  const { region } = setting;
  requireModelIdPattern(modelId);
  if (!modelId.startsWith('arn:')) return splitGeography(modelId, region);
  const [, , , arnRegion, , ...resource] = modelId.split(':');
  if (arnRegion !== region) throw invalid();
  const [kind, id] = splitOnce(resource.join(':'), '/');
  if (kind === 'foundation-model') return { id };
  if (kind === 'inference-profile') return splitGeography(id, region);
  const base = tunedFrom(modelId, setting);
  if (base === undefined) {
    throw new AwsError(
      404,
      'ResourceNotFoundException',
      `The model ${modelId} does not exist in this account.`,
    );
  }
  return { id: base };
}

/** The foundation model that a tuned model of this account was made from; undefined for every other model. */
export function tunedFrom(
  modelId: string,
  { ownModels }: Pick<ModelSetting, 'ownModels'>,
): string | undefined {
  const base = ownModels?.get(modelId);
  // Tuning names a base model with its context length, as no other call does: amazon.nova-lite-v1:0:300k.
  return base?.replace(/:\d+k$/, '');
}

function splitGeography(id: string, region: string): ModelReference {
  const [prefix, rest] = splitOnce(id, '.');
  if (prefix === 'global') return { id: rest, geography: prefix };
  const isServed = (prefix === 'us' || prefix === 'eu') && DESTINATIONS[prefix].includes(region);
  return isServed ? { id: rest, geography: prefix } : { id };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

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
export function invokedArns(modelId: string, region: string): string[] {
  if (OWN_MODEL.test(modelId)) return [modelId];
  const { id, geography } = parseModelId(modelId, { region });
  const modelIn = (where: string): string => `arn:aws:bedrock:${where}::foundation-model/${id}`;
  if (!geography) return [modelIn(region)];
  const profile = `arn:aws:bedrock:${region}:${ACCOUNT}:inference-profile/${geography}.${id}`;
  return [profile, ...destinationsOf(geography, region).map(modelIn)];
}

/** The regions that a profile names its model in: a global one's is also checked on an ARN without a region. */
export const destinationsOf = (geography: Geography, region: string): readonly string[] =>
  geography === 'global' ? ['', region] : DESTINATIONS[geography];
