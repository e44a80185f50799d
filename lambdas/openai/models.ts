import type { ModelList } from '../../contract/openai';
import { requestTypes } from '../../contract/select-rule';
import type { Assistant } from '../chat/converse';
import { respondJson, type Route } from '../chat/http';

/** `GET /v1/models`: the request types that have a rule, by the rules in force. */
export const modelsRoute =
  ({ rules, region }: Pick<Assistant, 'rules' | 'region'>): Route =>
  async ({ asker }, response) => {
    const { config } = await rules.current();
    const list: ModelList = {
      object: 'list',
      data: requestTypes(config, region).map((id) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'operator',
      })),
    };
    respondJson(response, 200, list, { 'x-request-id': asker.requestId });
  };
