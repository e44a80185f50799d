import type { z } from 'zod';
import { BadRequestError } from './errors';

/** @throws BadRequestError naming each member at fault, and what is wrong with it */
export function parseMembers<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BadRequestError(
    result.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`).join('; '),
  );
}
