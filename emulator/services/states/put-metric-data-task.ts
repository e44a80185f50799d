import { z } from 'zod';
import { InvalidDatumError } from '../cloudwatch/datum';
import type { Metrics } from '../cloudwatch/metrics';
import { StatesError } from './states-error';
import type { TaskAction } from './task-action';

/** `Resource` of Task states that write metrics through the SDK integration. */
export const PUT_METRIC_DATA = 'arn:aws:states:::aws-sdk:cloudwatch:putMetricData';

/** What is acted out of a request; whatever else it has is refused, not passed over. */
const parametersSchema = z.strictObject({
  Namespace: z.string(),
  MetricData: z.array(
    z.strictObject({
      MetricName: z.string(),
      Value: z.number(),
      Unit: z.string().default('None'),
      Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]),
    }),
  ),
});

/** PutMetricData, which answers nothing. */
export function putMetricDataTask(metrics: Metrics): TaskAction {
  return {
    parameters: { Namespace: 'required', MetricData: 'required' },
    run({ parameters }) {
      const parsed = parametersSchema.safeParse(parameters);
      if (!parsed.success) return Promise.reject(refused(z.prettifyError(parsed.error)));
      const { Namespace: namespace, MetricData } = parsed.data;
      try {
        for (const { MetricName: name, Value: value, Unit: unit, Dimensions } of MetricData) {
          const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
          metrics.put({ namespace, name, value, unit, dimensions });
        }
      } catch (error) {
        if (error instanceof InvalidDatumError) return Promise.reject(refused(error.message));
        throw error;
      }
      return Promise.resolve({});
    },
  };
}

const refused = (message: string) => new StatesError('CloudWatch.InvalidParameterValueException', message);
