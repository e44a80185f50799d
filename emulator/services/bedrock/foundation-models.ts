import { z } from 'zod';
import { parse } from '../../platform/http/constraints';
import { FOUNDATION_MODELS, type FoundationModel } from '../bedrock-runtime/foundation-models';
import { notFound, type Route } from './http';
import { foundationModelArn } from './resources';
import { foundationModelOf, tunableModels } from './tunable-models';

const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'Anthropic',
  amazon: 'Amazon',
  meta: 'Meta',
};

const filters = z.object({
  byProvider: z.string().optional(),
  byCustomizationType: z.enum(['FINE_TUNING', 'CONTINUED_PRE_TRAINING', 'DISTILLATION']).optional(),
  byOutputModality: z.enum(['TEXT', 'IMAGE', 'EMBEDDING']).optional(),
  byInferenceType: z.enum(['ON_DEMAND', 'PROVISIONED']).optional(),
});

/** The text models of a region; a tunable one is listed once more, by the ID that has its context length. */
export function foundationModelRoutes(region: string, now: () => number): readonly Route[] {
  const alive = ({ endOfLife }: FoundationModel) => endOfLife === undefined || now() < Date.parse(endOfLife);
  const models = () => {
    const known = FOUNDATION_MODELS.filter(alive);
    return [
      ...known.map((model) => view(model.id, model, region)),
      ...tunableModels(region).flatMap((model) => {
        const base = known.find(({ id }) => id === foundationModelOf(model));
        const tuning = { customizationsSupported: ['FINE_TUNING'], inferenceTypesSupported: ['PROVISIONED'] };
        return base ? [{ ...view(model.id, base, region), ...tuning }] : [];
      }),
    ];
  };
  return [
    {
      method: 'GET',
      path: '/foundation-models',
      run: (call) => {
        call.permit('bedrock:ListFoundationModels', '*');
        const given = parse(filters, Object.fromEntries(call.query));
        const has = (values: readonly string[], value: string | undefined) =>
          value === undefined || values.includes(value);
        const modelSummaries = models().filter(
          (model) =>
            has([model.providerName], given.byProvider) &&
            has(model.customizationsSupported, given.byCustomizationType) &&
            has(model.outputModalities, given.byOutputModality) &&
            has(model.inferenceTypesSupported, given.byInferenceType),
        );
        return { status: 200, body: { modelSummaries } };
      },
    },
    {
      method: 'GET',
      path: '/foundation-models/{identifier}',
      run: (call) => {
        const { identifier } = call;
        const found = models().find(({ modelId, modelArn }) => [modelId, modelArn].includes(identifier));
        call.permit('bedrock:GetFoundationModel', found?.modelArn ?? foundationModelArn(region, identifier));
        if (found === undefined) throw notFound('The foundation model', identifier);
        return { status: 200, body: { modelDetails: found } };
      },
    },
  ];
}

function view(modelId: string, { onDemand, profiles, endOfLife }: FoundationModel, region: string) {
  return {
    modelArn: foundationModelArn(region, modelId),
    modelId,
    providerName: PROVIDERS[modelId.split('.')[0] ?? ''] ?? '',
    inputModalities: ['TEXT'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    customizationsSupported: [] as string[],
    inferenceTypesSupported: [
      ...(onDemand.includes(region) ? ['ON_DEMAND'] : []),
      ...(profiles.length > 0 ? ['INFERENCE_PROFILE'] : []),
    ],
    modelLifecycle:
      endOfLife === undefined
        ? { status: 'ACTIVE' }
        : { status: 'LEGACY', endOfLifeTime: new Date(endOfLife).toISOString() },
  };
}
