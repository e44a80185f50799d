/** The parts of a regular expression that mean the same in java.util.regex and in JavaScript's `u` mode. */
const TOKENS: readonly (readonly [pattern: RegExp, translate: (token: string) => string])[] = [
  [/^\\[dDwW]/, (token) => token],
  [/^\\[^A-Za-z0-9\s]/, (token) => literal(token.slice(1))],
  [/^\[\^?/, (token) => token],
  [/^\]/, (token) => token],
  // Java's line terminators for `.` are JavaScript's and U+0085.
  [/^\./, () => String.raw`[^\n\r\u0085\u2028\u2029]`],
  [/^\((?:\?[:=!])?/, (token) => token],
  [/^(?:[)|^]|[*+?]\??|\{\d+(?:,\d*)?\}\??)/, (token) => token],
  [/^[^\\[\](){}.*+?|^$]/u, literal],
];
/** Inside a character class there are no operators, and Java alone knows `&&` and nested classes. */
const CLASS_TOKENS: typeof TOKENS = [
  [/^\\[dDwW]/, (token) => token],
  [/^\\[^A-Za-z0-9\s]/, (token) => literal(token.slice(1))],
  [/^\]/, (token) => token],
  [/^-/, (token) => token],
  [/^[^\\[\]&^]/u, literal],
];

function literal(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Templates name their patterns as literals: there are as many as the stack has. */
const translated = new Map<string, RegExp>();

/**
 * A Java regular expression as a JavaScript one (flag `u`, since Java counts code points).
 *
 * @throws SyntaxError with the first part that the two languages might read differently
 */
export function javaRegex(pattern: string, flags: '' | 'g' = ''): RegExp {
  const key = `${flags}/${pattern}`;
  const known = translated.get(key);
  if (known !== undefined) return known;
  let source = '';
  let inClass = false;
  for (let rest = pattern; rest !== '';) {
    const found = match(rest, inClass ? CLASS_TOKENS : TOKENS);
    if (found === undefined)
      throw new SyntaxError(`${rest} in the Java pattern ${pattern} is not translated`);
    source += found.source;
    if (found.token.startsWith('[')) inClass = true;
    if (found.token === ']') inClass = false;
    rest = rest.slice(found.token.length);
  }
  const regex = new RegExp(source, `u${flags}`);
  translated.set(key, regex);
  return regex;
}

/** Like Java's `String.matches`: the whole text, not a part of it. */
export function fullMatch(pattern: string): (text: string) => boolean {
  const regex = new RegExp(`^(?:${javaRegex(pattern).source})$`, 'u');
  return (text) => regex.test(text);
}

function match(rest: string, tokens: typeof TOKENS): { token: string; source: string } | undefined {
  for (const [pattern, translate] of tokens) {
    const token = pattern.exec(rest)?.[0];
    if (token !== undefined) return { token, source: translate(token) };
  }
  return undefined;
}
