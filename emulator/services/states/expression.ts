import { UnsupportedError } from '../../stack/resource';
import { compileIntrinsic } from './intrinsic';
import { parseReferencePath, readPath, type ReferencePath } from './reference-path';
import type { Expression, Scope } from './scope';
import { StatesError } from './states-error';

/**
 * @param address where it stands, ending in the field's name
 * @throws UnsupportedError for JSONPath beyond reference paths, and for variables (`$name`)
 */
export function parsePath(text: string, address: string): ReferencePath {
  const path = parseReferencePath(text);
  if (path) return path;
  throw new UnsupportedError(address, `${text} is no reference path: the local run reads no other JSONPath`);
}

/** @throws UnsupportedError as `parsePath` does */
export function compilePath(text: string, address: string): Expression {
  const path = parsePath(text, address);
  return (scope) => {
    const value = lookUp(path, scope);
    if (value !== undefined) return value;
    const input = JSON.stringify(scope.data);
    throw new StatesError(
      'States.Runtime',
      `The JSONPath '${text}' specified for the field '${address.replace(/^.*?\.States\.[^.]*\./, '')}' ` +
        `could not be found in the input '${input}'`,
    );
  };
}

/** @returns undefined if there is nothing at the path */
export function lookUp(path: ReferencePath, { data, context }: Scope): unknown {
  return readPath(path, path.root === '$$' ? context : data);
}

/** A path or an intrinsic function, as a field ending in `.$` holds. */
export function compileExpression(text: string, address: string): Expression {
  return text.startsWith('$')
    ? compilePath(text, address)
    : compileIntrinsic(text, address, (path) => compilePath(path, address));
}
