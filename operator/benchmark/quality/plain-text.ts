/**
 * The form in which phrases and patterns are looked for beside the answer as it stands, published in
 * docs/operate/choose-a-model.md: a model that writes a bold word or a curly apostrophe has still said it.
 */
export function plainText(text: string): string {
  const plain = withoutEmphasis(plainCharacters(text));
  return plain.replace(/\s+/g, ' ').trim().toLowerCase();
}

/** Non-breaking spaces, ligatures, full-width letters and "…" are what NFKC makes of them. */
const plainCharacters = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\u2018-\u201B]/g, "'")
    .replace(/[\u201C-\u201F]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u00AD\u200B-\u200D\u2060\uFEFF]/g, '');

/** Markdown's pairs around bold, italic, struck and code; an underscore within a word is none. */
const EMPHASIS = [
  /(`+)([^`]+)\1/g,
  /(\*{1,3})(?=\S)([^*]*[^\s*])\1/g,
  /(?<![\p{L}\p{N}_])(_{1,3})(?=\S)([^_]*[^\s_])\1(?![\p{L}\p{N}_])/gu,
  /(~~)(?=\S)([^~]*[^\s~])\1/g,
];

function withoutEmphasis(text: string): string {
  const inner = EMPHASIS.reduce((left, pair) => left.replace(pair, '$2'), text);
  return inner === text ? text : withoutEmphasis(inner);
}

/** A pattern for the plain form: its own characters that the form does not have are those that it has instead. */
export const plainPattern = (source: string): string =>
  source
    .normalize('NFC')
    .replace(/[\u0080-\u{10FFFF}]/gu, (character) =>
      plainCharacters(character).replace(
        /[-$()*+./?[\\\]^{|}]/g,
        (special) => ESCAPES[special] ?? `\\${special}`,
      ),
    );

/** Within a class and outside of one. */
const ESCAPES: Readonly<Record<string, string>> = { '-': '\\x2d' };
