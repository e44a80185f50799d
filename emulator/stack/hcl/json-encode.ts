import { renderNumber } from './convert';

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
export function jsonEncode(value: unknown): string {
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'number') return renderNumber(value);
  if (Array.isArray(value)) return `[${value.map(jsonEncode).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${entries.map(([key, item]) => `${encodeText(key)}:${jsonEncode(item)}`).join(',')}}`;
}
