import { AwsError } from '../../../platform/http/aws-error';
import type { Checksum } from '../checksum/algorithms';
import { matches } from '../http/conditions';
import type { CompletedPart } from '../http/completed-parts';
import { invalidRequest } from '../http/errors';
import type { MultipartUpload, Part } from '../store/multipart-uploads';

/** Of every part but the last: 5 MB. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MIN_PART_BYTES = 5 * 1024 * 1024;

/**
 * The parts that a request to complete an upload names, in their order.
 * @throws AwsError 400 InvalidPartOrder, InvalidPart, EntityTooSmall, InvalidRequest; 500 InternalError
 */
export function partsToJoin(upload: MultipartUpload, named: readonly CompletedPart[]): readonly Part[] {
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
