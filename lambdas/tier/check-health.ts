import { DEFAULT_REQUEST_TYPE } from '../../contract/question';
import { selectRule } from '../../contract/select-rule';
import { apiResponse, type ApiResponse, type HealthInput } from '../../contract/workflow';
import type { ModelConfigSource } from './model-config-source';

export interface HealthCheck {
  readonly region: string;
  readonly rules: Pick<ModelConfigSource, 'current'>;
}

/**
 * Whether this region can serve: its API and its state machine have brought the request here, and there are model
 * rules to answer by. AppConfig being away is no ill health while known rules serve. It calls no model.
 */
export async function checkHealth(
  { region, rules }: HealthCheck,
  { requestId }: Pick<HealthInput, 'requestId'>,
): Promise<ApiResponse> {
  const { config, source, version } = await rules.current();
  selectRule(config, region, DEFAULT_REQUEST_TYPE);
  return apiResponse(200, { status: 'ok', region, requestId, configuration: { source, version } });
}
