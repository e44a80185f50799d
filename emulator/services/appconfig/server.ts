import { AwsError } from '../../platform/http/aws-error';
import { AwsServer } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import type { Intercept } from '../../platform/faults/effects';
import { withEffect } from '../../platform/faults/with-effect';
import { router, type Call, type Operations } from './operations';

/** Above every limit of AppConfig's own, so that it is AppConfig's error that names what is too large. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Throws an error named `AccessDenied...` when this caller may not do this. */
export type Authorize = (accessKeyId: string, action: string, resourceArn: string) => void;

export interface ServerOptions {
  readonly region: string;
  readonly operations: Operations;
  readonly authorize: Authorize;
  /** What is wrong with a call. */
  readonly intercept: Intercept;
}

/** Control plane and data plane on one port: both are signed for `appconfig`. */
export function createServer({ region, operations, authorize, intercept }: ServerOptions): AwsServer {
  const find = router(operations);
  return new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    messageMember: 'Message',
    handle: (request) => {
      const { accessKeyId } = requireScope(request.headers.authorization, { region, service: 'appconfig' });
      const permit: Call['permit'] = (action, ...resourceArns) => {
        requirePermission(() => {
          for (const arn of resourceArns) authorize(accessKeyId, action, arn);
        });
      };
      const match = find(request.method, request.path);
      if (!match) throw unknownOperation(request.method, request.path);
      const { query, headers, body } = request;
      const call = { path: match.path, query, headers, body, permit };
      return withEffect(intercept(), async () => Promise.resolve(match.operation(call)), request.signal);
    },
  });
}

const unknownOperation = (method: string, path: string): AwsError =>
  new AwsError(
    404,
    'UnknownOperationException',
    `The local AppConfig does not emulate ${method} ${path}: change the stack instead, or test this against AWS.`,
  );
