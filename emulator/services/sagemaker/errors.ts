import { AwsError } from '../../platform/http/aws-error';

export const CONTENT_TYPE = 'application/x-amz-json-1.1';

const error = (type: string, message: string): AwsError =>
  new AwsError(400, type, message, {}, { 'content-type': CONTENT_TYPE });

/** What SageMaker answers for a name that it does not find, too: a plain ValidationException. */
export const doesNotExist = (what: string, name: string): AwsError =>
  error('ValidationException', `${what} ${name} does not exist.`);

export const invalid = (message: string): AwsError => error('ValidationException', message);

export const conflict = (message: string): AwsError => error('ConflictException', message);

export const unknownOperation = (target: string): AwsError =>
  error('UnknownOperationException', `${target} is no operation of SageMaker that is emulated.`);
