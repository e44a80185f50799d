import { Scanner } from './scanner';

/** From weakest to strongest binding. */
const PRECEDENCE: readonly (readonly BinaryOperator[])[] = [['||'], ['&&'], ['==', '!=']];
const KEYWORDS: Readonly<Record<string, true | false | null>> = { true: true, false: false, null: null };

/**
 * Parses a string of the synthesized JSON, which is an HCL template.
 * @param where the argument that it is the value of, for errors
 * @throws UnsupportedError for HCL that a CDKTF app does not write (for, splat, directives, arithmetic, ...)
 */
export function parseTemplate(source: string, where: string): Expression {
  return new Parser(new Scanner(source, where)).template(false);
}

class Parser {
  constructor(private readonly scanner: Scanner) {}

  template(quoted: boolean): Expression {
    const parts: Expression[] = [];
    for (;;) {
      const piece = this.scanner.piece(quoted);
      if (piece.kind === 'text') {
        parts.push({ kind: 'literal', value: piece.text });
      } else if (piece.kind === 'interpolation') {
        parts.push(this.expression());
        this.expect('}');
      } else {
        const [only] = parts;
        return parts.length === 1 && only !== undefined ? only : { kind: 'template', parts };
      }
    }
  }

  private expression(): Expression {
    const condition = this.binary(0);
    if (!this.accept('?')) return condition;
    const then = this.expression();
    this.expect(':');
    return { kind: 'conditional', condition, then, otherwise: this.expression() };
  }

  private binary(level: number): Expression {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.accept(candidate));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  private unary(): Expression {
    for (const operator of ['!', '-'] as const) {
      if (this.accept(operator)) return { kind: 'unary', operator, operand: this.unary() };
    }
    return this.postfix(this.primary());
  }

  private postfix(of: Expression): Expression {
    if (this.accept('.')) return this.postfix({ kind: 'index', of, key: this.attribute() });
    if (!this.accept('[')) return of;
    const key = this.expression();
    this.expect(']');
    return this.postfix({ kind: 'index', of, key });
  }

  /** A name, or the index of a list in the old form that CDKTF still writes: `list.0`. */
  private attribute(): Expression {
    const token = this.scanner.peek();
    if (token?.kind !== 'number' || !/^\d+$/.test(token.text)) {
      return { kind: 'literal', value: this.identifier() };
    }
    this.scanner.next();
    return { kind: 'literal', value: Number(token.text) };
  }

  private primary(): Expression {
    const token = this.scanner.next();
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'identifier') return this.named(token.text);
    switch (token.text) {
      case '"':
        return this.template(true);
      case '[':
        return { kind: 'list', items: this.sequence(']', () => this.expression()) };
      case '{':
        return { kind: 'object', entries: this.sequence('}', () => this.entry()) };
      case '(': {
        const inner = this.expression();
        this.expect(')');
        return inner;
      }
      default:
        return this.scanner.fail(`unexpected ${JSON.stringify(token.text)}`);
    }
  }

  /** A keyword, a function call, or a reference; the segments that make up its address belong to it. */
  private named(name: string): Expression {
    const keyword = KEYWORDS[name];
    if (keyword !== undefined) return { kind: 'literal', value: keyword };
    if (this.accept('(')) return { kind: 'call', name, args: this.sequence(')', () => this.expression()) };
    const segments = [name];
    for (const length = name === 'data' ? 3 : 2; segments.length < length;) {
      this.expect('.');
      segments.push(this.identifier());
    }
    return { kind: 'reference', address: segments.join('.') };
  }

  /** `name = value`, `"name" : value` or `(expression) = value`. */
  private entry(): readonly [Expression, Expression] {
    const token = this.scanner.peek();
    const key: Expression =
      token?.kind === 'identifier' ? { kind: 'literal', value: this.identifier() } : this.primary();
    if (!this.accept('=')) this.expect(':');
    return [key, this.expression()];
  }

  /** Items separated by commas, up to and including the closing symbol; a trailing comma is allowed. */
  private sequence<T>(close: string, item: () => T): readonly T[] {
    const items: T[] = [];
    while (!this.accept(close)) {
      items.push(item());
      if (!this.accept(',')) {
        this.expect(close);
        break;
      }
    }
    return items;
  }

  private identifier(): string {
    const token = this.scanner.next();
    return token.kind === 'identifier'
      ? token.text
      : this.scanner.fail(`expected a name before "${token.text}"`);
  }

  private accept(symbol: string): boolean {
    const token = this.scanner.peek();
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.scanner.next();
    return true;
  }

  private expect(symbol: string): void {
    if (!this.accept(symbol)) {
      this.scanner.fail(
        `expected "${symbol}" before ${JSON.stringify(this.scanner.peek()?.text ?? 'the end')}`,
      );
    }
  }
}

/** The subset of HCL's expressions that CDKTF writes, as a tree. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** Text with interpolations; one that is nothing but an interpolation is that expression itself. */
  | { readonly kind: 'template'; readonly parts: readonly Expression[] }
  /** Something that has an address of its own: `aws_x.y`, `data.aws_x.y`, `local.x`, `var.x`. */
  | { readonly kind: 'reference'; readonly address: string }
  /** `of.name`, `of[0]`, `of["name"]` */
  | { readonly kind: 'index'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    };

type BinaryOperator = '==' | '!=' | '&&' | '||';
