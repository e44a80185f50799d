import { createHash } from 'node:crypto';

type TerraformFunction = (...args: readonly unknown[]) => unknown;

const digest = (algorithm: string) => (value: unknown) =>
  createHash(algorithm).update(toText(value)).digest('hex');

/** Terraform's functions as far as a CDKTF app of this kind writes them. */
export const FUNCTIONS: ReadonlyMap<string, TerraformFunction> = new Map<string, TerraformFunction>([
  ['base64encode', (value) => Buffer.from(toText(value)).toString('base64')],
  ['concat', (...lists) => lists.flatMap(toList)],
  ['element', element],
  ['join', (separator, list) => toList(list).map(toText).join(toText(separator))],
  ['jsonencode', (value) => jsonEncode(value)],
  ['length', (value) => toList(value).length],
  ['lower', (value) => toText(value).toLowerCase()],
  ['md5', digest('md5')],
  ['sha1', digest('sha1')],
  ['sha256', digest('sha256')],
  ['tolist', (value) => unify(toList(value))],
  ['tostring', (value) => (value === null ? null : toText(value))],
]);

/** Wraps around beyond the end: https://developer.hashicorp.com/terraform/language/functions/element */
function element(list: unknown, index: unknown): unknown {
  const items = toList(list);
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || items.length === 0) {
    throw new EvaluationError(`element() of ${items.length} items at ${JSON.stringify(index)}`);
  }
  return items[index % items.length];
}

/** A value that an expression cannot be given, told without its place: the evaluator adds that. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** Terraform's numbers are decimals of any length; one that JavaScript would write otherwise is refused. */
function renderNumber(value: number): string {
  const rendered = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(rendered)) {
    throw new EvaluationError(`the number ${rendered}, too large or too small to be written exactly`);
  }
  return rendered;
}

/** A primitive value as text, as `tostring` and an interpolation convert it. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return renderNumber(value);
  if (typeof value === 'boolean') return String(value);
  throw new EvaluationError(`${kindOf(value)} where a string is needed`);
}

function toList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new EvaluationError(`${kindOf(value)} where a list is needed`);
  return value;
}

export function toFlag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new EvaluationError(`${kindOf(value)} where true or false is needed`);
  return value;
}

/** Terraform gives the items of a list, like the arms of a condition, one type: mixed primitives become text. */
export function unify(values: readonly unknown[]): readonly unknown[] {
  const types = new Set(values.filter((value) => value !== null).map(kindOf));
  if (types.size <= 1) return values;
  return values.map((value) => (value === null ? null : toText(value)));
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Characters that Terraform's jsonencode escapes beyond what JSON asks for. */
const ESCAPED = /[<>&\u2028\u2029]/g;

const encodeText = (value: string): string =>
  JSON.stringify(value).replace(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * Terraform's `jsonencode`, byte for byte: keys in the order of their UTF-8 bytes, no spaces, `<`, `>` and `&`
 * escaped. https://developer.hashicorp.com/terraform/language/functions/jsonencode
 */
function jsonEncode(value: unknown): string {
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'number') return renderNumber(value);
  if (Array.isArray(value)) return `[${value.map(jsonEncode).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${entries.map(([key, item]) => `${encodeText(key)}:${jsonEncode(item)}`).join(',')}}`;
}
