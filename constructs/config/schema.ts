import * as z from 'zod';

// Parts of a schema whose message, whatever is wrong, is what is allowed: the validator's own wording reaches nobody.

export const text = (pattern: RegExp, allowed: string) => z.string(allowed).regex(pattern, allowed);

export const whole = (minimum: number, maximum: number) => {
  const allowed = `a whole number from ${minimum} to ${maximum}`;
  return z.int(allowed).min(minimum, allowed).max(maximum, allowed);
};

export const seconds = (minimum: number, maximum: number) => {
  const allowed = `a number of seconds from ${minimum} to ${maximum}`;
  return z.number(allowed).min(minimum, allowed).max(maximum, allowed);
};

export const flag = z.boolean('true or false');

/** Every key that it has is known. */
export const object = <Shape extends z.core.$ZodShape>(shape: Shape) => {
  const keys = Object.keys(shape).join(', ');
  const error: z.core.$ZodErrorMap = ({ code }) =>
    code === 'unrecognized_keys' ? keys : `an object with ${keys}`;
  return z.strictObject(shape, { error });
};
