import { AwsError } from './aws-error';
import type { Reply } from './reply';

/** How a service's protocol writes an error; the names are Smithy's. */
export interface ErrorFormat {
  /** `restJson1` names the exception in a header, `awsJson1_0` in the body; default: `restJson1` */
  readonly protocol?: 'restJson1' | 'awsJson1_0';
  /** name of the member that holds an error's message; services differ; default: `message` */
  readonly messageMember?: 'message' | 'Message';
}

/** @param error what a handler threw; anything but an AwsError is a defect, and answered as one: 500 */
export function errorReply(error: unknown, { protocol, messageMember = 'message' }: ErrorFormat): Reply {
  const { status, type, message, members, headers } = error instanceof AwsError ? error : defect(error);
  const body = { [messageMember]: message, ...members };
  return protocol === 'awsJson1_0'
    ? {
        status,
        headers: { 'content-type': 'application/x-amz-json-1.0', ...headers },
        body: { __type: type, ...body },
      }
    : { status, headers: { 'x-amzn-errortype': type, ...headers }, body };
}

const defect = (error: unknown): AwsError =>
  new AwsError(500, 'InternalServerException', error instanceof Error ? error.message : String(error));
