import type { ApiResponse, DegradationEvent } from '../../contract/workflow';
import { copyEnvironment } from '../adapters/environment';
import { createLog } from '../adapters/log';
import { createMetrics } from '../adapters/metrics';
import { degrade } from '../tier/degrade';

const environment = copyEnvironment();
const degradation = {
  region: environment('AWS_REGION'),
  maintenanceMessage: environment('MAINTENANCE_MESSAGE'),
  retryAfterSeconds: Number(environment('RETRY_AFTER_SECONDS')),
  log: createLog(),
  metrics: createMetrics(environment('METRIC_NAMESPACE')),
};

export const handler = (event: DegradationEvent): Promise<ApiResponse> =>
  Promise.resolve(degrade(degradation, event));
