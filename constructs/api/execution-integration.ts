import { errorBody, ERRORS, executionResponseTemplate } from './templates';

export interface ExecutionProps {
  readonly region: string;
  /** ARN of the role by which API Gateway starts the execution. */
  readonly credentials: string;
  readonly requestTemplate: string;
  readonly retryAfterSeconds: number;
  /** What to say where no execution was started. @default - that the assistant is not available */
  readonly notStartedTemplate?: string;
}

/** API Gateway's longest; everything inside has ended before. */
const INTEGRATION_TIMEOUT_MS = 29_000;

/** Runs the state machine, and sends what its output says. */
export const executionIntegration = (props: ExecutionProps): object => ({
  type: 'aws',
  httpMethod: 'POST',
  uri: `arn:aws:apigateway:${props.region}:states:action/StartSyncExecution`,
  credentials: props.credentials,
  passthroughBehavior: 'never',
  requestTemplates: { 'application/json': props.requestTemplate },
  timeoutInMillis: INTEGRATION_TIMEOUT_MS,
  responses: {
    default: {
      statusCode: '200',
      responseTemplates: { 'application/json': executionResponseTemplate(props.retryAfterSeconds) },
    },
    // StartSyncExecution's own errors: throttled, denied, or out of order.
    '[45]\\d{2}': {
      statusCode: '503',
      responseParameters: { 'method.response.header.Retry-After': `'${props.retryAfterSeconds}'` },
      responseTemplates: {
        'application/json': props.notStartedTemplate ?? errorBody(ERRORS.unavailable),
      },
    },
  },
});
