import {
  type BedrockClient,
  type FoundationModelDetails,
  GetFoundationModelAvailabilityCommand,
  type GetFoundationModelAvailabilityResponse,
  GetFoundationModelCommand,
  GetInferenceProfileCommand,
  type GetInferenceProfileResponse,
  GetUseCaseForModelAccessCommand,
} from '@aws-sdk/client-bedrock';
import { type ModelId, parseModelId } from '../../contract/model-id';
import { describeError, isNamed, isNotFound } from '../command/errors';

/** What AWS said; why it has no such thing; or why it could not be asked. */
export type Reading<T> = { readonly is: T } | { readonly absent: string } | { readonly unread: string };

/** Never throws: what cannot be looked at is a finding, too. */
export async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { is: await read() };
  } catch (error) {
    const { message } = error as Error;
    if (isNotFound(error) || isNamed(error, 'ValidationException')) return { absent: message };
    return { unread: describeError(error) };
  }
}

/** What Bedrock in a region says of a `modelId`; undefined where there is nothing to ask. */
export interface ModelFacts {
  readonly parsed: ModelId | undefined;
  /** The foundation model behind it, without a geography. */
  readonly model: string | undefined;
  readonly profile: Reading<GetInferenceProfileResponse> | undefined;
  readonly details: Reading<FoundationModelDetails> | undefined;
  readonly availability: Reading<GetFoundationModelAvailabilityResponse> | undefined;
  /** Anthropic asks for it once for each account. */
  readonly useCase: Reading<boolean> | undefined;
}

export async function modelFacts(client: BedrockClient, modelId: string): Promise<ModelFacts> {
  const parsed = parseModelId(modelId);
  const profile = parsed?.kind.endsWith('inference-profile')
    ? await reading(() =>
        client.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: modelId })),
      )
    : undefined;
  const [first] = profile && 'is' in profile ? (profile.is.models ?? []) : [];
  const model = parsed?.model ?? /foundation-model\/(.+)$/.exec(first?.modelArn ?? '')?.[1];
  if (model === undefined) {
    return { parsed, model, profile, details: undefined, availability: undefined, useCase: undefined };
  }
  const [details, availability, useCase] = await Promise.all([
    reading(async () => {
      const { modelDetails } = await client.send(new GetFoundationModelCommand({ modelIdentifier: model }));
      if (modelDetails === undefined) throw new Error('Bedrock has said nothing of it.');
      return modelDetails;
    }),
    reading(() => client.send(new GetFoundationModelAvailabilityCommand({ modelId: model }))),
    model.startsWith('anthropic.')
      ? reading(async () => Boolean(await client.send(new GetUseCaseForModelAccessCommand({}))))
      : undefined,
  ]);
  return { parsed, model, profile, details, availability, useCase };
}
