import type { IncomingHttpHeaders } from 'node:http';
import type { ObjectChecksum } from '../checksum/algorithms';
import { expectedChecksum } from '../checksum/request-checksum';
import { invalidRequest } from '../http/errors';
import type { MultipartUpload, Part } from '../store/multipart-uploads';

/** What the request says of the whole object. */
export interface Declaration {
  /** base64, with or without the number of parts of a composite one */
  readonly checksum: string | undefined;
  readonly algorithm: string | undefined;
  readonly type: string | undefined;
  readonly size: string | undefined;
}

/** @throws AwsError 400 InvalidRequest */
export function declaredBy(headers: IncomingHttpHeaders): Declaration {
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  const composite = Object.entries(headers).find(
    (entry): entry is [string, string] =>
      /^x-amz-checksum-(crc|sha)/.test(entry[0]) && typeof entry[1] === 'string' && entry[1].includes('-'),
  );
  const [name, value = ''] = composite ?? [];
  const plain = name === undefined ? headers : { ...headers, [name]: value.replace(/-\d+$/, '') };
  const expected = expectedChecksum(plain);
  return {
    checksum: composite ? value : expected?.value,
    algorithm: expected?.algorithm,
    type: text('x-amz-checksum-type'),
    size: text('x-amz-mp-object-size'),
  };
}

/** @throws AwsError 400 InvalidRequest where it is not what the upload is */
export function requireDeclaration(
  declared: Declaration,
  upload: MultipartUpload,
  parts: readonly Part[],
): void {
  if (declared.type !== undefined && declared.type !== upload.checksumType) {
    throw invalidRequest(
      `The upload was created using the ${upload.checksumType} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  if (declared.algorithm !== undefined && declared.algorithm !== upload.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${declared.algorithm.toLowerCase()}`,
    );
  }
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (declared.size !== undefined && declared.size !== String(size)) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${declared.size} does not match what was computed: ${size}`,
    );
  }
}

/** S3 takes a composite checksum without its number of parts, too. */
export const sameChecksum = (declared: string, { value }: ObjectChecksum): boolean =>
  declared === value || declared === value.replace(/-\d+$/, '');
