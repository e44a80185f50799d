import type { Environment } from './host';

/** A value of a mapping template: what JSON can carry. `null` is Velocity's undefined reference as well. */
export type Value = null | string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** A mapping template failed while it ran: API Gateway answers API_CONFIGURATION_ERROR. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export type Kind = 'null' | 'string' | 'number' | 'boolean' | 'list' | 'map';

export function kindOf(value: Value): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : (typeof value as 'string' | 'number' | 'boolean');
}

/** The member of a map, `null` where there is none (and on anything that is no map, as in Velocity). */
export function memberOf(value: Value, key: string): Value {
  if (kindOf(value) !== 'map') return null;
  return Object.hasOwn(value as object, key) ? ((value as Record<string, Value>)[key] ?? null) : null;
}

/**
 * The text of a value as Java prints it.
 *
 * @throws TemplateError for null (Velocity prints the reference's source text), for maps and lists (Java prints
 *   `{a=b}`, which is not JSON) and for numbers that Java and JavaScript write differently
 */
export function textOf(value: Value, source: string): string {
  if (value === null) throw new TemplateError(`${source} is null: test it first, or write $!`);
  if (typeof value === 'object')
    throw new TemplateError(
      `${source} is a ${kindOf(value)}, which prints as Java's toString(), not as JSON`,
    );
  if (typeof value !== 'number') return String(value);
  const text = String(value);
  const plain = Number.isInteger(value) ? Number.isSafeInteger(value) : /^-?\d+\.\d+$/.test(text);
  if (!plain) throw new TemplateError(`${source} is ${text}, a number that Java writes differently`);
  return text;
}

/**
 * Whether a condition holds. Velocity 1.x takes an empty string, 0 and an empty collection as true, 2.x as false,
 * and AWS does not say which it runs: a template must not depend on it.
 *
 * @throws TemplateError where the two disagree
 */
export function truthOf(value: Value, source: string): boolean {
  if (value === null || typeof value === 'boolean') return value === true;
  const empty = value === '' || value === 0 || (typeof value === 'object' && Object.keys(value).length === 0);
  if (empty)
    throw new TemplateError(`${source} is empty or 0: compare it, Velocity's versions disagree on its truth`);
  return true;
}

/** One rendering: the variables set so far and what the template sees of the request. */
export interface Scope {
  readonly variables: Map<string, Value>;
  readonly environment: Environment;
}

export type Evaluate = (scope: Scope) => Value;
export type Render = (scope: Scope) => string;

/** Where a template stands: what it may name and how it refuses the rest. */
export interface Site {
  readonly stageVariables: readonly string[];
  /** Response templates alone may set `$context.responseOverride`. */
  readonly phase: 'request' | 'response';
  readonly refuse: (what: string) => never;
}
