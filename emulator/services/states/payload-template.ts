import { UnsupportedError } from '../../stack/resource';
import { compileExpression } from './expression';
import type { Expression } from './scope';

/**
 * Compiles `Parameters` or `ResultSelector`: JSON in which a field `name.$` holds a path or an intrinsic
 * function, whose value becomes that of the field `name`.
 *
 * @throws UnsupportedError naming the field that is not acted out
 */
export function compileTemplate(template: unknown, address: string): Expression {
  if (Array.isArray(template)) {
    const items = template.map((item: unknown, index) => compileTemplate(item, `${address}.${index}`));
    return (scope) => items.map((evaluate) => evaluate(scope));
  }
  if (typeof template !== 'object' || template === null) return () => template;
  const fields = Object.entries(template).map(([key, value]: [string, unknown]) =>
    compileField(key, value, `${address}.${key}`),
  );
  return (scope) => Object.fromEntries(fields.map(([key, evaluate]) => [key, evaluate(scope)]));
}

function compileField(key: string, value: unknown, address: string): [string, Expression] {
  if (!key.endsWith('.$')) return [key, compileTemplate(value, address)];
  if (typeof value !== 'string') throw new UnsupportedError(address, 'want a path or an intrinsic function');
  return [key.slice(0, -2), compileExpression(value, address)];
}
