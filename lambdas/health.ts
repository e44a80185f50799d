import { apiResponse, type ApiResponse, type HealthInput } from '../contract/workflow';
import { DEFAULT_REQUEST_TYPE } from '../contract/model-config';
import { region } from './environment';
import { modelConfig } from './model-config';
import { selectRule } from '../contract/select-rule';

/**
 * Whether this region can serve: its API and its state machine have brought the request here, and there are model
 * rules to answer by. AppConfig being away is no ill health while known rules serve. It calls no model.
 */
export const handler = async ({ requestId }: Pick<HealthInput, 'requestId'>): Promise<ApiResponse> => {
  const { config, source, version } = await modelConfig.current();
  selectRule(config, region(), DEFAULT_REQUEST_TYPE);
  return apiResponse(200, { status: 'ok', region: region(), requestId, configuration: { source, version } });
};
