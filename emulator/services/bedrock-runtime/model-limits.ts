import { validationError } from '../../platform/http/aws-error';
import { TOO_LONG_MESSAGE } from '../../platform/faults/bedrock-modes';
import type { ConverseRequest } from './converse-request';
import type { FoundationModel, Refusal } from './foundation-models';
import { estimateTokens } from './tokens';

/** The context window of most models offered, all of Anthropic's among them. */
const DEFAULT_CONTEXT_TOKENS = 200_000;

type Check = (request: ConverseRequest) => boolean;

const REFUSALS: Readonly<Record<Refusal, readonly [Check, message: string]>> = {
  system: [
    ({ system }) => system.length > 0,
    "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
  ],
  temperature: [
    ({ inferenceConfig }) => inferenceConfig.temperature !== undefined,
    'The model returned the following errors: `temperature` is deprecated for this model.',
  ],
  topP: [
    ({ inferenceConfig }) => inferenceConfig.topP !== undefined,
    'The model returned the following errors: `top_p` is deprecated for this model.',
  ],
  temperatureWithTopP: [
    ({ inferenceConfig: { temperature, topP } }) => temperature !== undefined && topP !== undefined,
    'The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  ],
};

/** @returns estimated tokens of everything the model has to read */
export function inputTokens({ messages, system }: ConverseRequest): number {
  const blocks = [...system, ...messages.flatMap(({ content }) => content)];
  return blocks.reduce((sum, { text }) => sum + estimateTokens(text), 0);
}

/**
 * Checks a valid request against what this one model takes.
 * @throws AwsError 400 ValidationException
 */
export function requireModelAccepts(model: FoundationModel, request: ConverseRequest): void {
  for (const refusal of model.refuses ?? []) {
    const [applies, message] = REFUSALS[refusal];
    if (applies(request)) throw validationError(message);
  }
  const { maxTokens } = request.inferenceConfig;
  if (maxTokens !== undefined && model.outputTokens !== undefined && maxTokens > model.outputTokens) {
    throw validationError(
      `The maximum tokens you requested exceeds the model limit of ${model.outputTokens}. Try again with a maximum tokens value that is lower than ${model.outputTokens}.`,
    );
  }
  if (inputTokens(request) > (model.contextTokens ?? DEFAULT_CONTEXT_TOKENS)) {
    throw validationError(TOO_LONG_MESSAGE);
  }
}
