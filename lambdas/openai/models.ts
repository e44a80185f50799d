import type { Model, ModelList } from '../../contract/openai';
import { requestTypes } from '../../contract/select-rule';
import type { Assistant } from '../chat/converse';
import { logRefusal, respondJson, type Route } from '../chat/http';
import { respondError, unknownModel } from './errors';

/** `GET /v1/models`: the request types that have a rule, by the rules in force. */
export const modelsRoute =
  ({ rules, region }: Pick<Assistant, 'rules' | 'region'>): Route =>
  async ({ asker }, response) => {
    const { config } = await rules.current();
    const list: ModelList = {
      object: 'list',
      data: requestTypes(config, region).map(modelOf),
    };
    respondJson(response, 200, list, { 'x-request-id': asker.requestId });
  };

/** `GET /v1/models/{model}` */
export const modelRoute =
  ({ rules, region, log }: Pick<Assistant, 'rules' | 'region' | 'log'>): Route =>
  async ({ asker: { requestId }, pathParameters: { model = '' } }, response) => {
    const { config } = await rules.current();
    if (requestTypes(config, region).includes(model)) {
      respondJson(response, 200, modelOf(model), { 'x-request-id': requestId });
      return;
    }
    const error = unknownModel(model);
    logRefusal(log, requestId, error.status, error.code);
    respondError(response, requestId, error);
  };

const modelOf = (id: string): Model => ({ id, object: 'model', created: 0, owned_by: 'operator' });
