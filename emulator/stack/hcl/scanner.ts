import { UnsupportedError } from '../resource';

type Token =
  | { readonly kind: 'identifier'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'symbol'; readonly text: string };

type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `${`: what follows is an expression, closed by the symbol `}`. */
  | { readonly kind: 'interpolation' }
  /** The end of the input, or the closing quote. */
  | { readonly kind: 'end' };

const SPACE = /\s*/y;
const TOKEN =
  /(?<identifier>[\p{ID_Start}_][\p{ID_Continue}-]*)|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<symbol>&&|\|\||==|!=|[!=:?.,(){}[\]"-])/uy;
// A piece is a run of `$` or `%` before a brace, other text, or (inside quotes only) an escape or the closing quote.
const BARE_PIECE = /(?<marker>\$+\{|%+\{)|(?<text>[^$%]+|[$%])/y;
const QUOTED_PIECE =
  /(?<marker>\$+\{|%+\{)|(?<escape>\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S]?))|(?<quote>")|(?<text>[^$%"\\]+|[$%])/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/**
 * Reads one string of HCL piece by piece. What a character means depends on where it stands, so the parser
 * says what it expects: a piece of a template, or a token of an expression.
 */
export class Scanner {
  private position = 0;

  /** @param where the argument that the string is the value of, for errors */
  constructor(
    private readonly source: string,
    private readonly where: string,
  ) {}

  fail(what: string): never {
    throw new UnsupportedError(this.where, `${what} in the expression ${JSON.stringify(this.source)}`);
  }

  /** The next token of an expression without consuming it; undefined at the end of the input. */
  peek(): Token | undefined {
    this.match(SPACE);
    const before = this.position;
    const groups = this.match(TOKEN);
    this.position = before;
    if (groups?.identifier) return { kind: 'identifier', text: groups.identifier };
    if (groups?.number) return { kind: 'number', text: groups.number };
    if (groups?.symbol) return { kind: 'symbol', text: groups.symbol };
    if (this.position < this.source.length) this.fail(`unreadable ${JSON.stringify(this.source[before])}`);
    return undefined;
  }

  next(): Token {
    const token = this.peek() ?? this.fail('unexpected end');
    this.position += token.text.length;
    return token;
  }

  /**
   * The next piece of a template. Only a quoted one knows backslash escapes and ends at a quote:
   * a JSON string of the configuration is an unquoted template.
   */
  piece(quoted: boolean): TemplatePiece {
    if (this.position >= this.source.length) {
      return quoted ? this.fail('unclosed string') : { kind: 'end' };
    }
    const { marker, escape, quote, text = '' } = this.match(quoted ? QUOTED_PIECE : BARE_PIECE) ?? {};
    if (marker !== undefined) return this.marker(marker);
    if (escape !== undefined) return { kind: 'text', text: this.unescape(escape) };
    if (quote !== undefined) return { kind: 'end' };
    if (quoted && text.includes('\n')) this.fail('a line break inside a quoted string');
    return { kind: 'text', text };
  }

  /** `${` opens an interpolation; with more than one `$`, the first is the escape of all that follow. */
  private marker(marker: string): TemplatePiece {
    if (marker === '${') return { kind: 'interpolation' };
    if (marker === '%{') return this.fail('a template directive (%{ })');
    return { kind: 'text', text: marker.slice(1) };
  }

  private unescape(escape: string): string {
    if (/^\\[uU]./.test(escape)) return String.fromCodePoint(parseInt(escape.slice(2), 16));
    return ESCAPES[escape.slice(1)] ?? this.fail(`the escape ${escape}`);
  }

  private match(pattern: RegExp): Record<string, string | undefined> | undefined {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.source);
    if (match === null) return undefined;
    this.position += match[0].length;
    return match.groups ?? {};
  }
}
