import { isDeepStrictEqual } from 'node:util';
import { UnsupportedError } from '../resource';
import { EvaluationError, FUNCTIONS, kindOf, toFlag, toText, unify } from './functions';
import { type Expression, parseTemplate } from './parser';

/**
 * The value behind an address such as `aws_lambda_function.router`, `data.aws_x.y` or `local.x`.
 * @param where the argument that refers to it, for errors
 */
type Scope = (address: string, where: string) => unknown;

/**
 * Resolves every template inside a value of the synthesized JSON, keys of maps included.
 * @param where address and path of the value; every error names it
 * @throws UnsupportedError for expressions and references that the reader does not know
 */
export function evaluate(value: unknown, where: string, scope: Scope): unknown {
  if (typeof value === 'string') return evaluateTemplate(value, where, scope);
  if (Array.isArray(value)) return value.map((item, index) => evaluate(item, `${where}[${index}]`, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      toText(evaluateTemplate(key, where, scope)),
      evaluate(item, `${where}.${key}`, scope),
    ]),
  );
}

function evaluateTemplate(source: string, where: string, scope: Scope): unknown {
  try {
    return new Evaluation(where, scope).value(parseTemplate(source, where));
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw new UnsupportedError(where, `${error.message}, in the expression ${JSON.stringify(source)}`);
  }
}

class Evaluation {
  constructor(
    private readonly where: string,
    private readonly scope: Scope,
  ) {}

  value(expression: Expression): unknown {
    switch (expression.kind) {
      case 'literal':
        return typeof expression.value === 'string' ? normalized(expression.value) : expression.value;
      case 'template':
        return normalized(expression.parts.map((part) => toText(this.value(part))).join(''));
      case 'reference':
        return this.scope(expression.address, this.where);
      case 'index':
        return this.index(expression);
      case 'call':
        return this.call(expression.name, expression.args);
      case 'list':
        return expression.items.map((item) => this.value(item));
      case 'object':
        return Object.fromEntries(
          expression.entries.map(([key, item]) => [toText(this.value(key)), this.value(item)]),
        );
      case 'unary':
        return this.unary(expression.operator, this.value(expression.operand));
      case 'binary':
        return this.binary(expression.operator, this.value(expression.left), this.value(expression.right));
      case 'conditional': {
        const [then, otherwise] = unify([this.value(expression.then), this.value(expression.otherwise)]);
        return toFlag(this.value(expression.condition)) ? then : otherwise;
      }
    }
  }

  private index({ of, key }: Extract<Expression, { kind: 'index' }>): unknown {
    const container = this.value(of);
    const at = this.value(key);
    if (Array.isArray(container) && typeof at === 'number' && at in container)
      return container[at] as unknown;
    if (isMap(container) && typeof at === 'string' && Object.hasOwn(container, at)) return container[at];
    throw new EvaluationError(
      of.kind === 'reference' && !/^(local|var)\./.test(of.address)
        ? `${of.address}.${String(at)} is neither an argument of ${of.address} nor an attribute that the local run computes`
        : `there is no ${JSON.stringify(at)} in ${kindOf(container)}`,
    );
  }

  private call(name: string, args: readonly Expression[]): unknown {
    const called = FUNCTIONS.get(name);
    if (called === undefined) throw new EvaluationError(`the function ${name}()`);
    if (called.length > 0 && called.length !== args.length) {
      throw new EvaluationError(`${name}() with ${args.length} arguments instead of ${called.length}`);
    }
    return called(...args.map((arg) => this.value(arg)));
  }

  private unary(operator: '!' | '-', operand: unknown): unknown {
    if (operator === '!') return !toFlag(operand);
    if (typeof operand !== 'number') throw new EvaluationError(`the negative of ${kindOf(operand)}`);
    return -operand;
  }

  private binary(operator: '==' | '!=' | '&&' | '||', left: unknown, right: unknown): boolean {
    switch (operator) {
      case '==':
        return isDeepStrictEqual(left, right);
      case '!=':
        return !isDeepStrictEqual(left, right);
      case '&&':
        return toFlag(left) && toFlag(right);
      case '||':
        return toFlag(left) || toFlag(right);
    }
  }
}

/** Terraform keeps every string in Unicode's normal form C. */
const normalized = (value: string): string => value.normalize('NFC');

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
