const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/**
 * `$util.escapeJavaScript`: Apache Commons' `escapeEcmaScript`. It escapes `'` and so is not JSON until
 * `.replaceAll("\\'", "'")` has taken that back; everything outside U+0020..U+007F becomes `\uXXXX` for each
 * UTF-16 unit.
 */
export function escapeJavaScript(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it escapes
  return text.replace(/["'\\/\u0000-\u001f]|[\u0080-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return NAMED[unit] ?? `\\u${code}`;
  });
}
