import { AwsError } from '../../../platform/http/aws-error';
import type { Reply } from '../../../platform/http/server';
import { xmlDocument, type XmlElements } from '../../../platform/http/xml';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const XML = { 'content-type': 'application/xml' };

/** 200 with an XML document. */
export const xmlReply = (
  root: string,
  content: XmlElements | string,
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
  const known = error instanceof AwsError ? error : defect(error);
  const { status, type, message, members, headers } = known;
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

const defect = (error: unknown): AwsError =>
  new AwsError(500, 'InternalError', error instanceof Error ? error.message : String(error));
