import type { FastifyInstance } from 'fastify';
import { AwsError } from '../platform/http/aws-error';
import type { LocalRegion } from '../run/region/local-region';
import { metricData, metricDataRequest } from '../services/cloudwatch/metric-data';
import type { Metrics } from '../services/cloudwatch/metrics';
import { parseJson } from './parse-json';

export interface MetricSources {
  readonly regions: readonly LocalRegion[];
  readonly globalMetrics: Metrics;
}

/** The region in which services without one have their metrics, whether anything is deployed there or not. */
const GLOBAL = 'us-east-1';

/** What dashboards are made of, as a console asks for it: GetDashboard of all, and GetMetricData of a region. */
export function metricRoutes(server: FastifyInstance, { regions, globalMetrics }: MetricSources): void {
  server.get('/dashboards', () => regions.flatMap(({ dashboards }) => dashboards));

  server.post<{ Querystring: { readonly region?: string } }>('/metric-data', ({ query, body }) => {
    const { region = GLOBAL } = query;
    const parsed = metricDataRequest.safeParse(parseJson(body, 'InvalidParameterValue'));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const message = `${(issue?.path ?? []).join('.')}: ${issue?.message ?? 'not readable'}`;
      throw new AwsError(400, 'InvalidParameterValue', message);
    }
    const own = regions.find(({ stack }) => stack.region === region)?.metrics;
    const sources = [...(own ? [own] : []), ...(region === GLOBAL ? [globalMetrics] : [])];
    return sources
      .flatMap((metrics) => metricData(metrics, parsed.data))
      .filter(({ points }) => points.length > 0);
  });
}
