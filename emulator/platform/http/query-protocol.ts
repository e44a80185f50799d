import { randomUUID } from 'node:crypto';
import { asAwsError, AwsError } from './aws-error';
import { parseCredentialScope } from './sigv4';
import { type AwsRequest, AwsServer, type Hangup, type Reply } from './server';
import { xmlDocument, type XmlElements } from './xml';

/** Far more than the parameters of the few operations that are emulated. */
const MAX_BODY_BYTES = 1024 * 1024;
const XML = { 'content-type': 'text/xml' };

/** @returns the members of the operation's result */
type QueryOperation = (parameters: URLSearchParams, accessKeyId: string) => XmlElements;

interface QueryServiceOptions {
  /** signing name, e.g. `iam` */
  readonly service: string;
  /** that signatures must be for */
  readonly region: string;
  /** API version, e.g. `2010-05-08` */
  readonly version: string;
  /** by the name that the parameter `Action` gives */
  readonly operations: Readonly<Record<string, QueryOperation>>;
}

/**
 * A service that speaks the AWS query protocol: parameters in a form, answers in XML.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function createQueryService(options: QueryServiceOptions): AwsServer {
  return new AwsServer({ maxBodyBytes: MAX_BODY_BYTES, handle: (request) => answer(request, options) });
}

function answer(
  request: AwsRequest,
  { service, region, version, operations }: QueryServiceOptions,
): Reply | Hangup {
  const namespace = `https://${service}.amazonaws.com/doc/${version}/`;
  const RequestId = randomUUID();
  try {
    const caller = signer(request.headers.authorization, service, region);
    const parameters = new URLSearchParams(request.body.toString('utf8'));
    const action = parameters.get('Action') ?? '';
    const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
    if (operation === undefined || parameters.get('Version') !== version) {
      throw new AwsError(
        400,
        'InvalidAction',
        `Could not find operation ${action} for version ${parameters.get('Version') ?? 'NO_VERSION_SPECIFIED'}; the local run emulates ${Object.keys(operations).join(', ')}.`,
      );
    }
    const elements = {
      [`${action}Result`]: operation(parameters, caller),
      ResponseMetadata: { RequestId },
    };
    return { status: 200, headers: XML, body: xmlDocument(`${action}Response`, elements, namespace) };
  } catch (error) {
    const { status, type, message } = asAwsError(error, 'InternalFailure');
    const elements = {
      Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: type, Message: message },
      RequestId,
    };
    return { status, headers: XML, body: xmlDocument('ErrorResponse', elements, namespace) };
  }
}

function signer(authorization: string | undefined, service: string, region: string): string {
  if (authorization === undefined) {
    throw new AwsError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  const scope = parseCredentialScope(authorization);
  if (scope?.service === service && scope.region === region) return scope.accessKeyId;
  throw new AwsError(
    403,
    'SignatureDoesNotMatch',
    `Credential should be scoped to a valid region, and to the service '${service}'.`,
  );
}

/** @throws AwsError 400 ValidationError where it is missing, or not of its pattern */
export function requireParameter(parameters: URLSearchParams, name: string, pattern: RegExp): string {
  const value = parameters.get(name);
  if (value !== null && pattern.test(value)) return value;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  throw new AwsError(
    400,
    'ValidationError',
    value === null
      ? `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`
      : `The specified value for ${member} is invalid: it must match ${pattern.source}`,
  );
}

/** A list of strings: `Name.member.1`, `Name.member.2`, ... */
export function listParameter(parameters: URLSearchParams, name: string): readonly string[] {
  const items: string[] = [];
  for (;;) {
    const item = parameters.get(`${name}.member.${items.length + 1}`);
    if (item === null) return items;
    items.push(item);
  }
}
