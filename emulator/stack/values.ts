import type { Resource } from './resource';

/** A resource, or a block inside one: what has an address and arguments. */
export type Addressed = Pick<Resource, 'address' | 'values'>;

/** An argument is missing, or is not of the type that its reader needs. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';

  /** @param argument state address and path, e.g. `aws_lambda_function.router.timeout` */
  constructor(
    readonly argument: string,
    expected: string,
    found: unknown,
  ) {
    super(
      found === undefined
        ? `${argument} is missing: it must be ${expected}.`
        : `${argument} must be ${expected}, not ${JSON.stringify(found)}.`,
    );
  }
}

/** A converter returns undefined for a value of the wrong type. */
type Converter<T> = (value: unknown) => T | undefined;

// Terraform converts primitive types where a provider's schema asks for another one:
// https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
const toText: Converter<string> = (value) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
const toNumber: Converter<number> = (value) =>
  typeof value === 'number'
    ? value
    : typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
      ? Number(value)
      : undefined;
const toFlag: Converter<boolean> = (value) =>
  typeof value === 'boolean' ? value : value === 'true' || value === 'false' ? value === 'true' : undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function optional<T>(of: Addressed, argument: string, expected: string, convert: Converter<T>) {
  const value = of.values[argument];
  if (value === undefined || value === null) return undefined;
  const converted = convert(value);
  if (converted === undefined) throw new ArgumentError(`${of.address}.${argument}`, expected, value);
  return converted;
}

function required<T>(of: Addressed, argument: string, expected: string, convert: Converter<T>): T {
  const value = optional(of, argument, expected, convert);
  if (value === undefined) throw new ArgumentError(`${of.address}.${argument}`, expected, undefined);
  return value;
}

/** Every accessor throws an ArgumentError for a value of the wrong type; the plain ones for a missing one, too. */
export const text = (of: Addressed, argument: string): string => required(of, argument, 'a string', toText);
export const optionalText = (of: Addressed, argument: string): string | undefined =>
  optional(of, argument, 'a string', toText);

export const number = (of: Addressed, argument: string): number =>
  required(of, argument, 'a number', toNumber);
export const optionalNumber = (of: Addressed, argument: string): number | undefined =>
  optional(of, argument, 'a number', toNumber);

/** An argument left out is false, as with most of the provider's flags; where it is not, pass `absent`. */
export const flag = (of: Addressed, argument: string, absent = false): boolean =>
  optional(of, argument, 'true or false', toFlag) ?? absent;

/** A list of strings; an argument left out is an empty list. */
export const texts = (of: Addressed, argument: string): readonly string[] =>
  optional(of, argument, 'a list of strings', (value) => {
    if (!Array.isArray(value)) return undefined;
    const items = value.map(toText);
    return items.every((item) => item !== undefined) ? items : undefined;
  }) ?? [];

/** A map of strings; an argument left out is an empty map. */
export const textMap = (of: Addressed, argument: string): Readonly<Record<string, string>> =>
  optional(of, argument, 'a map of strings', (value) => {
    if (!isObject(value)) return undefined;
    const entries: [string, string][] = [];
    for (const [key, item] of Object.entries(value)) {
      const converted = toText(item);
      if (converted === undefined) return undefined;
      entries.push([key, converted]);
    }
    return Object.fromEntries(entries);
  }) ?? {};

/** A nested block that may repeat, in the order written; none at all is an empty list. */
export function blocks(of: Addressed, name: string): readonly Addressed[] {
  const found = optional(of, name, 'a block', (value) => {
    const items: unknown[] = Array.isArray(value) ? value : [value];
    return items.every(isObject) ? items : undefined;
  });
  return (found ?? []).map((values, index, { length }) => ({
    address: length > 1 ? `${of.address}.${name}[${index}]` : `${of.address}.${name}`,
    values,
  }));
}

/** A nested block that stands at most once. */
export function optionalBlock(of: Addressed, name: string): Addressed | undefined {
  const [first, ...others] = blocks(of, name);
  if (others.length > 0) throw new ArgumentError(`${of.address}.${name}`, 'one block', of.values[name]);
  return first;
}

/** A nested block that must stand exactly once. */
export function block(of: Addressed, name: string): Addressed {
  const found = optionalBlock(of, name);
  if (found === undefined) throw new ArgumentError(`${of.address}.${name}`, 'a block', undefined);
  return found;
}

/** An argument that holds a JSON document as text. */
export function json(of: Addressed, argument: string): unknown {
  const document = text(of, argument);
  try {
    return JSON.parse(document);
  } catch {
    throw new ArgumentError(`${of.address}.${argument}`, 'a JSON document', document);
  }
}
