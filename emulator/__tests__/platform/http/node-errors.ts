import { isNativeError } from 'node:util/types';

/**
 * Jest runs a test in a realm of its own, where errors that Node itself makes (ECONNRESET, ...) are no instances of
 * the test's Error. The SDK would wrap them, and throw something else than it does in production.
 */
export function recogniseNodeErrors(): void {
  Object.defineProperty(Error, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      return this === Error ? isNativeError(value) : Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}
