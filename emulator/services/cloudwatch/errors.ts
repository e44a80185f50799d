import { z } from 'zod';
import { AwsError } from '../../platform/http/aws-error';

/**
 * CloudWatch's JSON protocol tells an error's name in its query protocol, too, in a header.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#awsquerycompatible-trait
 * @param code that name
 */
export const cloudWatchError = (status: number, type: string, message: string, code = type): AwsError =>
  new AwsError(status, type, message, {}, { 'x-amzn-query-error': `${code};Sender` });

/** What breaks a constraint; how CloudWatch words each is not known. */
export const validation = (message: string): AwsError =>
  cloudWatchError(400, 'ValidationException', message, 'ValidationError');

export const invalidToken = (): AwsError =>
  cloudWatchError(400, 'InvalidNextToken', 'The next token specified is invalid.');

/** @throws AwsError ValidationException for what CloudWatch refuses, and for what is not emulated */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw validation(z.prettifyError(error));
}
