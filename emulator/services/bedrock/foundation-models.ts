import { AwsError } from '../../platform/http/aws-error';
import { END_OF_LIFE_MESSAGE } from '../../platform/faults/modes';
import {
  FOUNDATION_MODELS,
  type FoundationModel,
  lifeOf,
  providerOf,
} from '../bedrock-runtime/foundation-models';
import { notFound, type Route } from './http';
import { foundationModelArn } from './resources';
import { foundationModelOf, tunableModels } from './tunable-models';

/**
 * The text models of a region; a tunable one is there once more, by the ID that has its context length.
 * @param isEnded whether a model has come to its end before its time
 */
export function foundationModelRoute(
  region: string,
  now: () => number,
  isEnded: (model: FoundationModel) => boolean = () => false,
): Route {
  const isGone = (model: FoundationModel) => lifeOf(model, now()).status === 'GONE' || isEnded(model);
  const models = () => {
    const known = FOUNDATION_MODELS.filter((model) => !isGone(model));
    return [
      ...known.map((model) => view(model.id, model, region, now())),
      ...tunableModels(region).flatMap((model) => {
        const base = known.find(({ id }) => id === foundationModelOf(model));
        const tuning = { customizationsSupported: ['FINE_TUNING'], inferenceTypesSupported: ['PROVISIONED'] };
        return base ? [{ ...view(model.id, base, region, now()), ...tuning }] : [];
      }),
    ];
  };
  return {
    method: 'GET',
    path: '/foundation-models/{identifier}',
    run: (call) => {
      const { identifier } = call;
      const found = models().find(({ modelId, modelArn }) => [modelId, modelArn].includes(identifier));
      call.permit('bedrock:GetFoundationModel', found?.modelArn ?? foundationModelArn(region, identifier));
      if (found === undefined) {
        const wasThere = FOUNDATION_MODELS.some(({ id }) => identifier.endsWith(id));
        throw wasThere
          ? new AwsError(404, 'ResourceNotFoundException', END_OF_LIFE_MESSAGE)
          : notFound('The foundation model', identifier);
      }
      return { status: 200, body: { modelDetails: found } };
    },
  };
}

/** When a model will end is told once it is Legacy ("Model lifecycle"), and not before. */
function view(modelId: string, model: FoundationModel, region: string, now: number) {
  const { onDemand, profiles } = model;
  const life = lifeOf(model, now);
  const iso = (time: number) => new Date(time).toISOString();
  return {
    modelArn: foundationModelArn(region, modelId),
    modelId,
    modelName: model.name,
    providerName: providerOf(model),
    inputModalities: ['TEXT'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    customizationsSupported: [],
    inferenceTypesSupported: [
      ...(onDemand.includes(region) ? ['ON_DEMAND'] : []),
      ...(profiles.length > 0 ? ['INFERENCE_PROFILE'] : []),
    ],
    modelLifecycle:
      life.status === 'LEGACY'
        ? { status: 'LEGACY', legacyTime: iso(life.since), endOfLifeTime: iso(life.until) }
        : { status: 'ACTIVE' },
  };
}
