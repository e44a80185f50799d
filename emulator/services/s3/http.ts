import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DOMParser, type Element } from '@xmldom/xmldom';
import { asAwsError, AwsError } from '../../platform/http/aws-error';
import { readBody, type Reply } from '../../platform/http/server';
import { parseCredentialScope } from '../../platform/http/sigv4';
import { xmlDocument, type XmlElements } from '../../platform/http/xml';
import { ACCOUNT } from '../../stack/placement';
import type { Access } from './access';
import type { Bucket } from './bucket';
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  malformedXml,
  notImplemented,
  payloadMismatch,
} from './errors';

/** A key's length, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/** A request of S3, its body still to be read from `message`. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  /** empty for a request of the bucket */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly message: IncomingMessage;
  /** the signer's access key ID */
  readonly caller: string;
  /** aborted when the caller hangs up */
  readonly signal: AbortSignal;
}

/** Of the header `x-amz-content-sha256`: what says nothing of the content, or its digest. */
const PAYLOAD = /^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+|[0-9a-f]{64})$/;

/** Headers of the prefix `x-amz-` that ask for nothing, or for what is emulated. */
const KNOWN_HEADERS =
  /^x-amz-(date|content-sha256|security-token|user-agent|decoded-content-length|trailer|expected-bucket-owner|mp-object-size|sdk-checksum-algorithm|checksum-.+|meta-.+|server-side-encryption(-aws-kms-key-id|-bucket-key-enabled)?)$/;

/**
 * Reads a path-style request (`/bucket/key`), which is what the SDK sends to an endpoint that is an IP address.
 * @param region that its signature must be for
 * @throws AwsError as S3 refuses it
 */
export function readRequest(message: IncomingMessage, region: string, signal: AbortSignal): S3Request {
  const { method = '', url = '/', headers } = message;
  // Not read by URL: that would take `.` and `..` for steps, which in a key mean themselves.
  const [path, query = ''] = splitOnce(url, '?');
  const [bucket, key] = splitOnce(path.slice(1), '/').map(decode) as [string, string?];
  const request = {
    method,
    bucket,
    key: key ?? '',
    query: new URLSearchParams(query),
    message,
    signal,
    caller: signer(headers.authorization, region),
  };
  requireKey(request.key);
  requirePayload(headers['x-amz-content-sha256']);
  const unknown = Object.keys(headers).find((name) => name.startsWith('x-amz-') && !KNOWN_HEADERS.test(name));
  if (unknown !== undefined) throw notImplemented(`the header ${unknown}`);
  const owner = headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && owner !== ACCOUNT) throw accessDenied();
  return request;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decode(segment: string | undefined): string | undefined {
  try {
    return segment && decodeURIComponent(segment);
  } catch {
    throw invalidUri();
  }
}

const invalidUri = (): AwsError => new AwsError(400, 'InvalidURI', "Couldn't parse the specified URI.");

function signer(authorization: string | undefined, region: string): string {
  // Anonymous callers and presigned URLs: nothing here is public, and nothing here signs URLs.
  if (authorization === undefined) throw accessDenied();
  const scope = parseCredentialScope(authorization);
  if (scope?.service === 's3' && scope.region === region) return scope.accessKeyId;
  const expected = scope && scope.region !== region ? { Region: region } : {};
  throw new AwsError(
    400,
    'AuthorizationHeaderMalformed',
    `The authorization header is malformed; expecting a signature for the service 's3' in the region '${region}'`,
    expected,
  );
}

/**
 * Keys may go up by `..` as far as they went down.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html#object-key-guidelines
 * @throws AwsError 400; the code for what goes up further is assumed, and so is that empty segments and `.` lead nowhere
 */
function requireKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new AwsError(400, 'KeyTooLongError', 'Your key is too long', { MaxSizeAllowed: MAX_KEY_BYTES });
  }
  let depth = 0;
  for (const segment of key.split('/')) {
    if (segment === '..') depth -= 1;
    else if (segment !== '' && segment !== '.') depth += 1;
    if (depth < 0) throw invalidUri();
  }
}

/** What every signature of S3 says of the content. @throws AwsError 400 InvalidRequest, InvalidArgument */
function requirePayload(header: string | string[] | undefined): void {
  if (header === undefined) {
    throw invalidRequest('Missing required header for this request: x-amz-content-sha256');
  }
  if (PAYLOAD.test(String(header))) return;
  throw invalidArgument(
    'x-amz-content-sha256',
    String(header),
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
  );
}

/** The digest by which a request's content is to be checked; undefined where there is none. */
export function payloadDigest({ headers }: IncomingMessage): string | undefined {
  const payload = String(headers['x-amz-content-sha256']);
  return /^[0-9a-f]{64}$/.test(payload) ? payload : undefined;
}

/** One request, and what it is about. */
export interface Call {
  readonly request: S3Request;
  readonly bucket: Bucket;
  readonly access: Access;
  /** milliseconds since the epoch */
  readonly now: () => number;
}

/**
 * The root element of a request's body.
 * @throws AwsError 400 XAmzContentSHA256Mismatch, MalformedXML
 */
export async function readXml(message: IncomingMessage, maxBytes: number): Promise<Element> {
  const body = await readBody(message, maxBytes);
  const digest = payloadDigest(message);
  if (digest !== undefined && createHash('sha256').update(body).digest('hex') !== digest)
    throw payloadMismatch();
  const xml = body.toString('utf8');
  try {
    const onError = () => {
      throw malformedXml();
    };
    const root = new DOMParser({ onError }).parseFromString(xml, 'text/xml').documentElement;
    if (root) return root;
  } catch {
    // The parser's own words are not S3's.
  }
  throw malformedXml();
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const XML = { 'content-type': 'application/xml' };

/** 200 with an XML document. */
export const xmlReply = (
  root: string,
  content: XmlElements,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status: 200,
  headers: { ...XML, ...headers },
  body: xmlDocument(root, content, NAMESPACE),
});

/**
 * An error as S3 writes it; the answer to a HEAD has no body, and so no code either.
 * @param error what a handler threw; anything but an AwsError is a defect, and answered as one: 500
 */
export function errorReply(error: unknown, request: { method: string; resource: string; id: string }): Reply {
  const { status, type, message, members, headers } = asAwsError(error, 'InternalError');
  if (request.method === 'HEAD' || status === 304) return { status, headers };
  const elements = { Code: type, Message: message, ...(members as XmlElements) };
  return {
    status,
    headers: { ...XML, ...headers },
    body: xmlDocument('Error', {
      ...elements,
      Resource: request.resource,
      RequestId: request.id,
      HostId: 'local',
    }),
  };
}
