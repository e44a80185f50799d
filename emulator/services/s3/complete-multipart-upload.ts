import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Element } from '@xmldom/xmldom';
import { AwsError } from '../../platform/http/aws-error';
import type { Reply } from '../../platform/http/server';
import type { NewObject } from './bucket';
import {
  ALGORITHMS,
  type Checksum,
  checksumElement,
  compositeChecksum,
  declaredObjectChecksum,
  type ExpectedChecksum,
  isAlgorithm,
  type ObjectChecksum,
  sameObjectChecksum,
} from './checksums';
import { badDigest, invalidRequest, malformedXml } from './errors';
import { encryptionHeaders, matches, requireWriteConditions, versionHeaders } from './headers';
import { type Call, readXml, xmlReply } from './http';
import { MAX_PART_NUMBER } from './multipart';
import type { MultipartUpload, Part } from './multipart-uploads';
import type { StoredObject } from './versions';

/** Of every part but the last: 5 MB. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;
/** 10,000 parts of some 250 bytes each, with room to spare. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** CompleteMultipartUpload. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const { request, bucket } = call;
  const { key, query, message } = request;
  const { uploads, files, settings } = bucket;
  const uploadId = query.get('uploadId') ?? '';
  const named = await readCompletedParts(message);
  const upload = uploads.get(key, uploadId);
  const parts = partsToJoin(upload, named);
  const declared = declaredObjectChecksum(message.headers);
  requireDeclared(message.headers, declared, upload, parts);

  // From here on nobody else completes it, aborts it or adds to it.
  uploads.take(key, uploadId);
  let object: StoredObject;
  try {
    object = await bucket.add(await join(call, upload, parts, declared?.value));
  } catch (error) {
    uploads.restore(upload);
    throw error;
  }
  await files.remove(...[...upload.parts.values()].map(({ file }) => file));
  return xmlReply(
    'CompleteMultipartUploadResult',
    {
      Location: `https://${settings.name}.s3.amazonaws.com/${encodeURIComponent(key)}`,
      Bucket: settings.name,
      Key: key,
      ETag: object.etag,
      ...checksumElement(object.checksum),
      ChecksumType: object.checksum.type,
    },
    { ...versionHeaders(object), ...encryptionHeaders(settings.encryption) },
  );
}

async function join(
  { request, bucket }: Call,
  { key, headers, algorithm, checksumType }: MultipartUpload,
  parts: readonly Part[],
  declared: string | undefined,
): Promise<NewObject> {
  const { files, versions } = bucket;
  const { file, size, checksum } = await files.write(
    files.concatenated(parts.map((part) => part.file)),
    algorithm,
  );
  const whole: ObjectChecksum =
    checksumType === 'FULL_OBJECT'
      ? { ...checksum, type: 'FULL_OBJECT' }
      : await compositeChecksum(
          algorithm,
          parts.map((part) => part.checksum),
        );
  try {
    if (declared !== undefined && !sameObjectChecksum(declared, whole)) throw badDigest(algorithm);
    requireWriteConditions(request.message.headers, key, versions.current(key));
  } catch (error) {
    await files.remove(file);
    throw error;
  }
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.md5);
  return { key, headers, file, size, checksum: whole, etag: bucket.etagOf(md5.digest(), parts.length) };
}

/** @throws AwsError 400 InvalidRequest where what the request says of the whole object is not what the upload is */
function requireDeclared(
  { 'x-amz-checksum-type': type, 'x-amz-mp-object-size': declaredSize }: IncomingHttpHeaders,
  checksum: ExpectedChecksum | undefined,
  upload: MultipartUpload,
  parts: readonly Part[],
): void {
  if (type !== undefined && type !== upload.checksumType) {
    throw invalidRequest(
      `The upload was created using the ${upload.checksumType} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  if (checksum !== undefined && checksum.algorithm !== upload.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${checksum.algorithm.toLowerCase()}`,
    );
  }
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (declaredSize !== undefined && declaredSize !== String(size)) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${String(declaredSize)} does not match what was computed: ${size}`,
    );
  }
}

/**
 * The parts that a request to complete an upload names, in their order.
 * @throws AwsError 400 InvalidPartOrder, InvalidPart, EntityTooSmall, InvalidRequest; 500 InternalError
 */
function partsToJoin(upload: MultipartUpload, named: readonly CompletedPart[]): readonly Part[] {
  if (named.some(({ number }, index) => index > 0 && number <= (named[index - 1]?.number ?? 0))) {
    throw new AwsError(
      400,
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
      { UploadId: upload.id },
    );
  }
  requireChecksums(upload, named);
  const parts = named.map((part) => find(upload, part));
  requireSizes(parts);
  return parts;
}

function requireChecksums(upload: MultipartUpload, named: readonly CompletedPart[]): void {
  if (upload.checksumType !== 'COMPOSITE') return;
  const missing = named.find(({ checksum }) => checksum?.algorithm !== upload.algorithm);
  if (missing) {
    throw invalidRequest(
      `The upload was created using a ${upload.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${missing.number} in the request.`,
    );
  }
  // S3 documents this very answer: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
  if (named.some(({ number }, index) => number !== index + 1)) {
    throw new AwsError(
      500,
      'InternalError',
      'Part numbers of an upload with a composite checksum must be consecutive and begin with 1.',
    );
  }
}

function find(upload: MultipartUpload, { number, etag, checksum }: CompletedPart): Part {
  const part = upload.parts.get(number);
  if (part && matches(etag, part.etag) && sameChecksum(checksum, part.checksum)) return part;
  throw new AwsError(
    400,
    'InvalidPart',
    'One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part’s entity tag.',
    { UploadId: upload.id, PartNumber: number, ETag: etag },
  );
}

/** One of another algorithm says nothing of the part. */
const sameChecksum = (named: Checksum | undefined, { algorithm, value }: Checksum): boolean =>
  named?.algorithm !== algorithm || named.value === value;

function requireSizes(parts: readonly Part[]): void {
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES);
  if (!small) return;
  throw new AwsError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
    ProposedSize: small.size,
    MinSizeAllowed: MIN_PART_BYTES,
    PartNumber: small.number,
    ETag: small.etag,
  });
}

/** A part as the request to complete an upload names it. */
interface CompletedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksum?: Checksum;
}

/**
 * Reads the body of CompleteMultipartUpload.
 * @throws AwsError 400 MalformedXML
 */
async function readCompletedParts(message: IncomingMessage): Promise<readonly CompletedPart[]> {
  const root = await readXml(message, MAX_BODY_BYTES);
  if (root.localName !== 'CompleteMultipartUpload') throw malformedXml();
  const parts = elements(root);
  if (parts.length === 0 || parts.length > MAX_PART_NUMBER) throw malformedXml();
  return parts.map((part) => {
    if (part.localName !== 'Part') throw malformedXml();
    return completedPart(
      new Map(elements(part).map((child) => [child.localName ?? '', child.textContent ?? ''])),
    );
  });
}

function completedPart(fields: ReadonlyMap<string, string>): CompletedPart {
  const number = fields.get('PartNumber') ?? '';
  const etag = fields.get('ETag');
  if (!/^\d{1,9}$/.test(number) || etag === undefined) throw malformedXml();
  const checksum = Object.keys(ALGORITHMS)
    .filter(isAlgorithm)
    .map((algorithm) => ({ algorithm, value: fields.get(`Checksum${algorithm}`) }))
    .find((candidate): candidate is Checksum => candidate.value !== undefined);
  return { number: Number(number), etag, ...(checksum && { checksum }) };
}

const elements = (of: Element): readonly Element[] =>
  [...of.childNodes].filter((child): child is Element => child.nodeType === of.ELEMENT_NODE);
