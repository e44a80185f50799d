import { UnsupportedError } from '../../stack/resource';
import { TooManyRequestsException } from './errors';
import type { FunctionConfiguration } from './function-configuration';

/** Concurrency that Lambda keeps unreserved, at the least, in accounts with a small quota. */
const UNRESERVED_MINIMUM = 10;

/** Counts the instances at work against what the account, and each function, may run at once. */
export class Concurrency {
  private readonly unreservedLimit: number;
  private unreserved = 0;
  private readonly reserved = new Map<string, number>();

  /**
   * @param accountLimit the account's concurrent executions in the region
   * @throws UnsupportedError if the functions reserve more than the account may give away
   */
  constructor(accountLimit: number, functions: readonly FunctionConfiguration[]) {
    const reservations = functions.reduce((sum, fn) => sum + (fn.reservedConcurrency ?? 0), 0);
    this.unreservedLimit = accountLimit - reservations;
    const greedy = functions.find((fn) => (fn.reservedConcurrency ?? 0) > 0);
    if (greedy && this.unreservedLimit < UNRESERVED_MINIMUM) {
      throw new UnsupportedError(
        `${greedy.address}.reserved_concurrent_executions`,
        `reservations of ${reservations} leave ${this.unreservedLimit} of the account's ${accountLimit}: ` +
          `Lambda keeps ${UNRESERVED_MINIMUM} unreserved`,
      );
    }
  }

  /**
   * @returns what gives the place back
   * @throws TooManyRequestsException if none is free
   */
  acquire(fn: FunctionConfiguration): () => void {
    const { functionName, reservedConcurrency } = fn;
    if (reservedConcurrency === undefined) {
      if (this.unreserved >= this.unreservedLimit) {
        throw new TooManyRequestsException('ConcurrentInvocationLimitExceeded');
      }
      this.unreserved += 1;
      return () => {
        this.unreserved -= 1;
      };
    }
    const busy = this.reserved.get(functionName) ?? 0;
    if (busy >= reservedConcurrency) {
      throw new TooManyRequestsException('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    this.reserved.set(functionName, busy + 1);
    return () => {
      this.reserved.set(functionName, (this.reserved.get(functionName) ?? 1) - 1);
    };
  }
}
