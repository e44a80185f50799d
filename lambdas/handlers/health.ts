import { shippedModelConfig } from '../../contract/default-model-config';
import type { ApiResponse, HealthInput } from '../../contract/workflow';
import { createAppConfigClient } from '../adapters/appconfig';
import { copyEnvironment } from '../adapters/environment';
import { createLog } from '../adapters/log';
import { checkHealth } from '../tier/check-health';
import { ModelConfigSource } from '../tier/model-config-source';

const environment = copyEnvironment();
const rules = new ModelConfigSource({
  client: createAppConfigClient(environment),
  shipped: shippedModelConfig(environment('MODEL_GEOGRAPHY')),
  log: createLog(),
});
// As in a tier, the first poll is part of an instance's start: Route 53 waits two seconds for both.
void rules.current();
const region = environment('AWS_REGION');

export const handler = (event: Pick<HealthInput, 'requestId'>): Promise<ApiResponse> =>
  checkHealth({ region, rules }, event);
