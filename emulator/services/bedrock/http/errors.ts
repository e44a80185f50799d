import { AwsError } from '../../../platform/http/aws-error';

/** 404: no such resource in this account and region. */
export const notFound = (what: string, identifier: string): AwsError =>
  new AwsError(404, 'ResourceNotFoundException', `${what} ${identifier} could not be found.`);

/** Bedrock sends it with 400, not 409. */
export const conflict = (message: string): AwsError => new AwsError(400, 'ConflictException', message);

/** 400: more than the account's quota allows. */
export const quotaExceeded = (message: string): AwsError =>
  new AwsError(400, 'ServiceQuotaExceededException', message);
