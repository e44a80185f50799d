import { createHash } from 'node:crypto';
import { EvaluationError, toList, toText, unify } from './convert';
import { jsonEncode } from './json-encode';

export type TerraformFunction = (...args: readonly unknown[]) => unknown;

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
