import { z } from 'zod';
import { InvalidDatumError } from '../cloudwatch/datum';
import type { Metrics } from '../cloudwatch/metrics';
import { LambdaServiceError } from '../lambda/errors';
import type { LambdaService } from '../lambda/lambda-service';
import { StatesError } from './states-error';
import type { TraceHeader } from '../xray/segment';

/** One call of a service by a Task state. */
export interface TaskCall {
  /** The state's effective input, `Parameters` applied. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Role that the state machine acts as. */
  readonly roleArn: string;
  readonly trace: TraceHeader;
  /** Aborted once nobody waits for the result any more. */
  readonly signal: AbortSignal;
}

/** A service action that Task states may name as their `Resource`. */
export interface TaskAction {
  /** As traces name it. */
  readonly service: string;
  /** Parameters that it emulates; a state with others, or without a required one, is refused at load. */
  readonly parameters: Readonly<Record<string, 'required' | 'optional'>>;
  /** @throws StatesError for what the service answers; anything else is a defect of the local run */
  run(call: TaskCall): Promise<unknown>;
}

/** `Resource` of Task states that invoke a function and wait for its result. */
export const LAMBDA_INVOKE = 'arn:aws:states:::lambda:invoke';

/**
 * The optimized integration with Lambda. Errors of the function keep the name that the function gave them;
 * those of the service are `Lambda.<name>`.
 */
export function lambdaInvokeTask(lambda: Pick<LambdaService, 'invoke'>): TaskAction {
  return {
    service: 'Lambda',
    parameters: { FunctionName: 'required', Payload: 'optional' },
    async run({ parameters: { FunctionName, Payload = {} }, trace, signal }) {
      if (typeof FunctionName !== 'string') {
        throw new StatesError('States.Runtime', "The parameter 'FunctionName' is missing or no string.");
      }
      const result = await lambda.invoke(FunctionName, Payload, signal, trace).catch(rethrow);
      if (result.functionError !== undefined) throw functionError(result.payload);
      return {
        ExecutedVersion: result.executedVersion,
        Payload: result.payload,
        // AWS adds more headers; none of them depends on the function.
        SdkHttpMetadata: {
          HttpHeaders: { 'Content-Type': 'application/json', 'x-amzn-RequestId': result.requestId },
          HttpStatusCode: 200,
        },
        SdkResponseMetadata: { RequestId: result.requestId },
        StatusCode: 200,
      };
    },
  };
}

function rethrow(error: unknown): never {
  if (!(error instanceof LambdaServiceError)) throw error;
  const cause = `${error.message} (Service: Lambda, Status Code: ${error.statusCode})`;
  throw new StatesError(`Lambda.${error.name}`, cause);
}

function functionError(payload: unknown): StatesError {
  const { errorType } = payload as { errorType?: unknown };
  return new StatesError(
    typeof errorType === 'string' ? errorType : 'Lambda.Unknown',
    JSON.stringify(payload),
  );
}

/** `Resource` of Task states that write metrics through the SDK integration. */
export const PUT_METRIC_DATA = 'arn:aws:states:::aws-sdk:cloudwatch:putMetricData';

/** What is emulated of a request; whatever else it has is refused, not passed over. */
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
export function putMetricDataTask(metrics: Pick<Metrics, 'put'>): TaskAction {
  return {
    service: 'CloudWatch',
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
