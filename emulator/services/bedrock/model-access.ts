import { type FaultEffect, type Intercept, withEffect } from '../../platform/faults/effects';
import { AwsError, validationError } from '../../platform/http/aws-error';
import { AwsServer } from '../../platform/http/server';
import { END_OF_LIFE_MESSAGE } from '../../platform/faults/modes';
import { FOUNDATION_MODELS, type FoundationModel, lifeOf } from '../bedrock-runtime/foundation-models';
import { destinationsOf, parseModelId } from '../bedrock-runtime/model-id';
import { foundationModelRoute } from './foundation-models';
import { dispatch, notFound, type Route } from './http';
import type { Authorize } from './options';
import { arnOf, foundationModelArn } from './resources';

interface ModelCatalogueOptions {
  readonly region: string;
  readonly authorize: Authorize;
  /** milliseconds since the epoch: decides where each model is in its life */
  readonly now: () => number;
  /** what is wrong with calls of a model: who is denied it has no access, and one that has ended is not there */
  readonly modelFault?: Intercept;
  /** what is wrong with this service; default: nothing */
  readonly intercept?: Intercept;
}

/**
 * Bedrock's control plane in one region, as far as it tells of models, profiles and access to them. The account has
 * filled in the use-case form and accepted every agreement, but for models whose calls a fault denies.
 */
export function createModelCatalogue(options: ModelCatalogueOptions): AwsServer {
  const { region, now, modelFault } = options;
  const routes = [
    foundationModelRoute(region, now, (model) => hasFault(modelFault, model, 'ResourceNotFoundException')),
    ...accessRoutes(options),
  ];
  return new AwsServer({
    maxBodyBytes: 1_024,
    handle: (request) =>
      withEffect(options.intercept?.(), () => dispatch(routes, request, options), request.signal),
  });
}

/** Faults name a model as its callers do. */
export const hasFault = (
  fault: Intercept | undefined,
  { id, profiles }: FoundationModel,
  type: string,
): boolean =>
  [id, ...profiles.map((geography) => `${geography}.${id}`)]
    .map((model): FaultEffect | undefined => fault?.({ model }))
    .some((effect) => effect?.kind === 'error' && effect.type === type);

function accessRoutes({ region, now, modelFault }: ModelCatalogueOptions): readonly Route[] {
  /** @throws AwsError for one that does not exist, or no longer */
  const existing = (what: string, name: string, id: string): FoundationModel => {
    const model = FOUNDATION_MODELS.find((candidate) => candidate.id === id);
    if (model === undefined) throw notFound(what, name);
    if (lifeOf(model, now()).status === 'GONE')
      throw new AwsError(404, 'ResourceNotFoundException', END_OF_LIFE_MESSAGE);
    return model;
  };
  return [
    {
      method: 'GET',
      path: '/foundation-model-availability/{identifier}',
      run: (call) => {
        const { identifier } = call;
        call.permit('bedrock:GetFoundationModelAvailability', '*');
        if (!/^[a-z0-9-]+\.[a-z0-9-]+(:[a-z0-9-]+){0,2}$/.test(identifier))
          throw validationError('The provided model identifier is invalid.');
        const model = existing('The foundation model', identifier, identifier);
        const isGranted = !hasFault(modelFault, model, 'AccessDeniedException');
        const isHere =
          model.onDemand.includes(region) ||
          model.profiles.some(
            (prefix) => parseModelId(`${prefix}.${model.id}`, { region }).geography === prefix,
          );
        const body = {
          modelId: identifier,
          agreementAvailability: { status: isGranted ? 'AVAILABLE' : 'NOT_AVAILABLE' },
          authorizationStatus: 'AUTHORIZED',
          entitlementAvailability: isGranted ? 'AVAILABLE' : 'NOT_AVAILABLE',
          regionAvailability: isHere ? 'AVAILABLE' : 'NOT_AVAILABLE',
        };
        return { status: 200, body };
      },
    },
    {
      method: 'GET',
      path: '/use-case-for-model-access',
      run: (call) => {
        call.permit('bedrock:GetUseCaseForModelAccess', '*');
        const form = { companyName: 'Emulated', useCases: 'A customer service assistant' };
        return { status: 200, body: { formData: Buffer.from(JSON.stringify(form)).toString('base64') } };
      },
    },
    {
      method: 'GET',
      path: '/inference-profiles/{identifier}',
      run: (call) => {
        const own = arnOf(region, 'inference-profile/');
        const id = call.identifier.startsWith(own) ? call.identifier.slice(own.length) : call.identifier;
        call.permit('bedrock:GetInferenceProfile', `${own}${id}`);
        const { id: modelId, geography } = parseModelId(id, { region });
        if (geography === undefined) throw notFound('The inference profile', id);
        const model = existing('The inference profile', id, modelId);
        if (!model.profiles.includes(geography)) throw notFound('The inference profile', id);
        const body = {
          inferenceProfileName: `${geography} ${modelId}`,
          inferenceProfileArn: `${own}${id}`,
          inferenceProfileId: id,
          models: destinationsOf(geography, region).map((destination) => ({
            modelArn: foundationModelArn(destination, modelId),
          })),
          status: 'ACTIVE',
          type: 'SYSTEM_DEFINED',
        };
        return { status: 200, body };
      },
    },
  ];
}
