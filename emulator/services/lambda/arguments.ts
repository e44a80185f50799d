import { z } from 'zod';
import { type Resource, UnsupportedError } from '../../stack/resource';

/** A nested block, which Terraform's JSON may write as an object or as an array of one. */
export function block<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(
    (value) => (Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value),
    schema,
  );
}

/** Arguments that are taken and left alone; each list says why. */
export function withoutEffect(names: readonly string[]): Record<string, z.ZodOptional<z.ZodUnknown>> {
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()]));
}

/**
 * A resource's arguments as the schema reads them.
 *
 * @param schema strict, so that an argument which it does not list stops the start
 * @throws UnsupportedError naming the argument at fault
 */
export function parseArguments<Schema extends z.ZodType>(
  schema: Schema,
  { address, values }: Resource,
): z.output<Schema> {
  const parsed = schema.safeParse(withoutEmpty(values));
  if (parsed.success) return parsed.data;
  throw unsupported(address, parsed.error);
}

/** The first of the schema's complaints. */
export function unsupported(address: string, { issues: [issue] }: z.ZodError): UnsupportedError {
  const at = [address, ...(issue?.path ?? [])];
  return issue?.code === 'unrecognized_keys'
    ? new UnsupportedError([...at, issue.keys[0]].join('.'), 'the local run does not emulate this')
    : new UnsupportedError(at.join('.'), issue?.message ?? 'invalid');
}

/** In Terraform, null, and an empty list for a block, are the same as leaving an argument out. */
function withoutEmpty(values: Resource['values']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
