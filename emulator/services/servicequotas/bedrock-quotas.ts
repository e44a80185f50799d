import { createHash } from 'node:crypto';
import { type FoundationModel, providerOf } from '../bedrock-runtime/foundation-models';
import { parseModelId } from '../bedrock-runtime/model-id';

/** One of Bedrock's quotas, by the default that AWS gives it. */
export interface Quota {
  readonly code: string;
  readonly name: string;
  readonly model: FoundationModel;
  readonly byDefault: number;
  readonly adjustable: boolean;
}

/** Assumed of models whose default is not known here. */
const TOKENS_PER_MINUTE = 4_000_000;

const MINUTES_A_DAY = 1_440;

/**
 * What Service Quotas lists of a region's models. Names follow AWS's General Reference ("Amazon Bedrock endpoints and
 * quotas") and, of global profiles, the Bedrock user guide; codes are made up. AWS names some as "InvokeModel tokens
 * per minute" and adds versions and context lengths to models' names: those are left out.
 */
export function bedrockQuotas(region: string, models: readonly FoundationModel[]): readonly Quota[] {
  return models.flatMap((model) => {
    const { onDemand, profiles, tokensPerMinute = TOKENS_PER_MINUTE, requestsPerMinute } = model;
    const isHere = profiles.filter(
      (prefix) => parseModelId(`${prefix}.${model.id}`, { region }).geography === prefix,
    );
    const scopes = [
      ...(onDemand.includes(region) ? ['On-demand'] : []),
      ...(isHere.some((prefix) => prefix !== 'global') ? ['Cross-region'] : []),
      ...(isHere.includes('global') ? ['Global cross-region'] : []),
    ];
    const name = `${providerOf(model)} ${model.name}`;
    const quota = (what: string, byDefault: number, adjustable: boolean): Quota => {
      const code = createHash('sha256').update(what).digest('hex').slice(0, 8).toUpperCase();
      return { code: `L-${code}`, name: what, model, byDefault, adjustable };
    };
    return [
      ...scopes.flatMap((scope) => [
        quota(`${scope} model inference tokens per minute for ${name}`, tokensPerMinute, true),
        ...(requestsPerMinute === undefined
          ? []
          : [quota(`${scope} model inference requests per minute for ${name}`, requestsPerMinute, false)]),
      ]),
      ...(scopes.length === 0
        ? []
        : [
            quota(
              `Model invocation max tokens per day for ${name} (doubled for cross-region calls)`,
              tokensPerMinute * MINUTES_A_DAY,
              false,
            ),
          ]),
    ];
  });
}
