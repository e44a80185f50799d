import { pipeline, type Readable, Transform } from 'node:stream';
import * as z from 'zod/mini';
import { UnsupportedError } from '../../stack/resource';
import { RequestTooLargeException } from '../lambda/errors';
import type { Integration } from './api-definition';
import { GatewayError, reasonOf } from './gateway-error';
import type { ApiRequest, ApiResponse, InvokeWithResponseStream } from './http';
import type { Environment } from './velocity/host';

/** Milliseconds for a whole response that is streamed, at least and at the most, and of silence in its midst. */
const TIMEOUT = { least: 50, usual: 29_000, most: 900_000, idle: 300_000 };

const FUNCTION_URI =
  /^arn:aws:apigateway:[a-z0-9-]+:lambda:path\/2021-11-15\/functions\/(arn:aws:lambda:[^/]+)\/response-streaming-invocations$/;

type Proxy = (
  request: ApiRequest,
  see: Pick<Environment, 'context' | 'stageVariables'>,
) => Promise<ApiResponse>;

/**
 * A Lambda proxy integration whose response is streamed: metadata, eight zero bytes, and then the body as it comes.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 *
 * A payload that API Gateway takes, and that is too large an event for Lambda, is REQUEST_TOO_LARGE, as has been seen of
 * proxies that do not stream: https://github.com/koki-develop/lgtm-generator/issues/10
 *
 * Not documented, and so decided here: a function that fails before its metadata, or sends none, is 502, as a proxy's
 * malformed response is; one that cannot be invoked is 500; one that falls silent before its metadata, INTEGRATION_TIMEOUT.
 *
 * @throws UnsupportedError for other proxies
 */
export function compileStreamingProxy(
  integration: Integration,
  address: string,
  invoke: InvokeWithResponseStream,
): Proxy {
  const refuse = (key: keyof Integration, what: string): never => {
    throw new UnsupportedError(`${address}.${key}`, what);
  };
  const { uri = '', credentials, httpMethod, timeoutInMillis: timeout = TIMEOUT.usual } = integration;
  if (integration.responseTransferMode !== 'STREAM')
    return refuse('responseTransferMode', 'a proxy is emulated that streams');
  if (integration.requestTemplates !== undefined || integration.responses !== undefined)
    return refuse('requestTemplates', 'a proxy maps nothing');
  if (httpMethod !== 'POST') return refuse('httpMethod', 'a function is invoked by POST');
  if (timeout < TIMEOUT.least || timeout > TIMEOUT.most)
    return refuse('timeoutInMillis', `API Gateway takes ${TIMEOUT.least} to ${TIMEOUT.most}`);
  const functionArn = FUNCTION_URI.exec(uri)?.[1] ?? refuse('uri', 'is no function that streams');
  if (credentials === undefined)
    return refuse('credentials', 'only a role is emulated by which the function is invoked');
  return async (request, see) => {
    const event = proxyEvent(request, see);
    const trace = request.trace?.within({ name: 'Lambda', namespace: 'aws' });
    const stream = await invoke({ credentials, functionArn, event, trace: trace?.header }).catch(
      (error: unknown) => {
        trace?.end({ fault: true });
        const type =
          error instanceof RequestTooLargeException ? 'REQUEST_TOO_LARGE' : 'API_CONFIGURATION_ERROR';
        throw new GatewayError(type, reasonOf(error), { cause: error });
      },
    );
    stream.once('close', () => {
      trace?.end(stream.errored === null ? {} : { fault: true });
    });
    const ends = Date.now() + timeout;
    try {
      const { statusCode, ...named } = await readMetadata(stream, Math.min(timeout, TIMEOUT.idle));
      return { status: statusCode, headers: headersOf(named), body: '', stream: timed(stream, ends) };
    } catch (error) {
      stream.destroy();
      throw error;
    }
  };
}

/**
 * Headers that do not come through to a function, and of those that it writes the ones that a caller gets as
 * `x-amzn-remapped-…`, or not at all: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html.
 * The table there lets Content-Length pass; on AWS, LocalStack has recorded that it does not. That a stream's are treated
 * as other proxies' is assumed.
 */
const NOT_HANDED_ON =
  /^(connection|content-length|content-md5|expect|max-forwards|proxy-authenticate|server|te|trailer|transfer-encoding|upgrade|www-authenticate)$/;
const REMAPPED =
  /^(authorization|connection|content-length|content-md5|date|max-forwards|server|user-agent|www-authenticate)$/;
const DROPPED = /^(expect|host|proxy-authenticate|te|trailer|transfer-encoding|upgrade|via)$/;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
function proxyEvent(
  { method, path, query, headers: all, body }: ApiRequest,
  { context, stageVariables }: Parameters<Proxy>[1],
): object {
  const parameters = [...new URLSearchParams(query)];
  const headers = Object.fromEntries(Object.entries(all).filter(([name]) => !NOT_HANDED_ON.test(name)));
  const { authorizer, 'identity.sourceIp': sourceIp, resourcePath, pathParameters, ...others } = context;
  return {
    resource: resourcePath,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: orNull(Object.fromEntries(parameters)),
    multiValueQueryStringParameters: orNull(
      Object.fromEntries(
        parameters.map(([name]) => [name, parameters.filter(([n]) => n === name).map(([, value]) => value)]),
      ),
    ),
    pathParameters: orNull(pathParameters ?? {}),
    stageVariables: orNull(stageVariables),
    requestContext: {
      ...others,
      resourcePath,
      identity: { sourceIp, userAgent: headers['user-agent'] ?? null },
      ...(authorizer && { authorizer }),
    },
    body: body.length === 0 ? null : body.toString('utf8'),
    isBase64Encoded: false,
  };
}

const orNull = (values: Readonly<Record<string, unknown>>) =>
  Object.keys(values).length === 0 ? null : values;

const metadataSchema = z.strictObject({
  statusCode: z._default(z.int().check(z.minimum(100), z.maximum(599)), 200),
  headers: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  multiValueHeaders: z.optional(z.record(z.string(), z.array(z.string()))),
});

type Metadata = z.infer<typeof metadataSchema>;

/** The delimiter comes within the first 16 KB. */
const MAX_METADATA_BYTES = 16 * 1024;
const DELIMITER = Buffer.alloc(8);

const malformed = (what: string, cause?: unknown): GatewayError =>
  new GatewayError('DEFAULT_5XX', `Malformed Lambda proxy response: ${what}`, { cause });

async function readMetadata(stream: Readable, withinMs: number): Promise<Metadata> {
  let head = Buffer.alloc(0);
  const timer = setTimeout(() => {
    stream.destroy(new GatewayError('INTEGRATION_TIMEOUT', `no metadata within ${withinMs} ms`));
  }, withinMs);
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      head = Buffer.concat([head, chunk as Uint8Array]);
      const end = head.indexOf(DELIMITER);
      if (end < 0 && head.length <= MAX_METADATA_BYTES) continue;
      if (end < 0) throw malformed(`no delimiter in the first ${MAX_METADATA_BYTES} bytes`);
      const rest = head.subarray(end + DELIMITER.length);
      if (rest.length > 0) stream.unshift(rest);
      return parseMetadata(head.subarray(0, end).toString('utf8'));
    }
  } catch (error) {
    throw error instanceof GatewayError ? error : malformed(reasonOf(error), error);
  } finally {
    clearTimeout(timer);
  }
  throw malformed('it ends without metadata');
}

function parseMetadata(text: string): Metadata {
  try {
    return metadataSchema.parse(JSON.parse(text));
  } catch (error) {
    throw malformed('its metadata are none, or have what is not emulated', error);
  }
}

function headersOf({ headers = {}, multiValueHeaders = {} }: Omit<Metadata, 'statusCode'>) {
  const named = [
    ...Object.entries(headers).map(([name, value]) => [name, String(value)] as const),
    ...Object.entries(multiValueHeaders).map(([name, values]) => [name, values.join(', ')] as const),
  ]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !DROPPED.test(name))
    .map(([name, value]) => [REMAPPED.test(name) ? `x-amzn-remapped-${name}` : name, value] as const);
  return { 'content-type': 'application/json', ...Object.fromEntries(named) };
}

/** Cut off when its time is up, or when it is silent for too long. */
function timed(stream: Readable, ends: number): Readable {
  const passed = new Transform({
    transform(chunk, _encoding, done) {
      idle.refresh();
      done(null, chunk);
    },
  });
  // Who sends it, counts it, traces it and waits for its end each listen, and pipelines do several times.
  passed.setMaxListeners(20);
  // One that nobody reads is cut off all the same, and is nobody's error.
  passed.on('error', () => undefined);
  const cut = () => passed.destroy(new Error('The stream has taken too long.'));
  const idle = setTimeout(cut, TIMEOUT.idle);
  const whole = setTimeout(cut, ends - Date.now());
  passed.once('close', () => {
    clearTimeout(idle);
    clearTimeout(whole);
  });
  return pipeline(stream, passed, () => undefined);
}
