import { z } from 'zod';
import { validationError } from './aws-error';

/** A string member, with AWS's wording for what breaks its limits; lengths in characters. */
export function text(minimum: number, maximum: number, pattern?: RegExp): z.ZodString {
  const bounded = z
    .string('Member must be a string')
    .min(minimum, `Member must have length greater than or equal to ${minimum}`)
    .max(maximum, `Member must have length less than or equal to ${maximum}`);
  return pattern === undefined
    ? bounded
    : bounded.regex(pattern, `Member must satisfy regular expression pattern: ${pattern.source}`);
}

/** A member that AWS takes and this emulation does not. */
export const notEmulated = z.undefined('this member is not emulated').optional();

/**
 * Reads a request's members; those that the API does not know are ignored, as AWS does. Values are not repeated in the
 * error.
 * @throws AwsError ValidationException naming every member at fault
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const errors = issues.map(
    ({ path, message }) => `Value at '${path.join('.') || 'body'}' failed to satisfy constraint: ${message}`,
  );
  throw validationError(
    `${issues.length} validation error${issues.length > 1 ? 's' : ''} detected: ${errors.join('; ')}`,
  );
}
