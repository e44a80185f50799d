import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const object = z.record(z.string(), z.unknown());

/**
 * The intrinsic functions that are acted out, with JSON values in and out; what they throw is the cause of
 * a `States.IntrinsicFailure`. The others stop the start:
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
export const INTRINSIC_FUNCTIONS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  'States.Array': (...items: unknown[]) => items,
  'States.ArrayGetItem': define([z.array(z.unknown()), z.int().min(0)], (items, index) => {
    if (index >= items.length) throw new Error(`no item ${index} in an array of ${items.length}`);
    return items[index];
  }),
  'States.ArrayLength': define([z.array(z.unknown())], (items) => items.length),
  'States.Format': format,
  'States.JsonMerge': define([object, object, z.literal(false)], (one, two) => ({ ...one, ...two })),
  'States.JsonToString': define([z.unknown()], (value) => JSON.stringify(value)),
  'States.MathAdd': define([z.int(), z.int()], (one, two) => one + two),
  'States.StringToJson': define([z.string()], (text) => JSON.parse(text) as unknown),
  'States.UUID': define([], () => randomUUID()),
};

/** Checks number and types of the arguments before the function sees them. */
function define<const Schemas extends z.ZodType[]>(
  schemas: Schemas,
  run: (...args: { [Index in keyof Schemas]: z.output<Schemas[Index]> }) => unknown,
): (...args: unknown[]) => unknown {
  return (...args) => {
    if (args.length !== schemas.length) {
      throw new Error(`${schemas.length} arguments expected, ${args.length} given`);
    }
    schemas.forEach((schema, index) => {
      const { error } = schema.safeParse(args[index]);
      if (error) throw new Error(`argument ${index + 1}: ${error.issues[0]?.message ?? 'unfit'}`);
    });
    return run(...(args as Parameters<typeof run>));
  };
}

/** @param template as written, with `\` before each `'`, `{`, `}` and `\` that stands for itself */
function format(template: string, ...values: unknown[]): string {
  let used = 0;
  const text = template.replace(/\\(.)|\{\}/gsu, (_match, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = scalar.safeParse(values[used++]);
    if (!value.success) throw new Error(`argument ${used + 1} is missing, an array or an object`);
    return String(value.data);
  });
  if (used !== values.length) throw new Error(`${used} of ${values.length} arguments have a {}`);
  return text;
}
