import { UnsupportedError } from '../../stack/resource';
import { parsePath } from './expression';
import { writePath } from './reference-path';

/** Combines a state's raw input with its result. */
export type Combine = (input: unknown, result: unknown) => unknown;

/** `ResultPath`: absent or `$`, the result replaces the input; null, it is dropped. */
export function compileResultPath(path: string | null | undefined, address: string): Combine {
  if (path === undefined) return (_input, result) => result;
  if (path === null) return (input) => input;
  const parsed = parsePath(path, address);
  if (parsed.root === '$$') throw new UnsupportedError(address, 'the context object cannot be written');
  return (input, result) => writePath(parsed, input, result);
}
