export interface StreamingProps {
  readonly region: string;
  /** ARN of the role by which API Gateway invokes the function. */
  readonly credentials: string;
  readonly functionArn: string;
  /** The function's own: the response is over when it is. */
  readonly timeoutSeconds: number;
}

/**
 * Hands the request to a function, and its response on as it comes: nothing is mapped.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
export const streamingIntegration = ({
  region,
  credentials,
  functionArn,
  timeoutSeconds,
}: StreamingProps): object => ({
  type: 'aws_proxy',
  httpMethod: 'POST',
  uri: `arn:aws:apigateway:${region}:lambda:path/2021-11-15/functions/${functionArn}/response-streaming-invocations`,
  credentials,
  responseTransferMode: 'STREAM',
  timeoutInMillis: timeoutSeconds * 1_000,
});
