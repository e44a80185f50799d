import { AwsError } from '../../platform/http/aws-error';

/*
 * Codes, statuses and messages are those of S3's "Error responses":
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * An AwsError's members become further elements of the error's XML.
 */

export const accessDenied = (message = 'Access Denied'): AwsError =>
  new AwsError(403, 'AccessDenied', message);

export const badDigest = (what: string): AwsError =>
  new AwsError(400, 'BadDigest', `The ${what} you specified did not match the calculated checksum.`);

export const entityTooLarge = (proposed: number, maximum: number): AwsError =>
  new AwsError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    ProposedSize: proposed,
    MaxSizeAllowed: maximum,
  });

export const incompleteBody = (): AwsError =>
  new AwsError(
    400,
    'IncompleteBody',
    'The request body terminated unexpectedly or is not as long as its headers say.',
  );

export const invalidArgument = (name: string, value: string, message: string): AwsError =>
  new AwsError(400, 'InvalidArgument', message, { ArgumentName: name, ArgumentValue: value });

export const invalidRequest = (message: string): AwsError => new AwsError(400, 'InvalidRequest', message);

export const malformedXml = (): AwsError =>
  new AwsError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );

export const noSuchBucket = (bucket: string): AwsError =>
  new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket });

export const noSuchKey = (key: string): AwsError =>
  new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });

export const noSuchUpload = (uploadId: string): AwsError =>
  new AwsError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: uploadId },
  );

/** @param what that S3 may know, and that is not emulated here */
export const notImplemented = (what: string): AwsError =>
  new AwsError(501, 'NotImplemented', `Not emulated: ${what}.`);

export const payloadMismatch = (): AwsError =>
  new AwsError(
    400,
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );

export const preconditionFailed = (header: string): AwsError =>
  new AwsError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: header,
  });
