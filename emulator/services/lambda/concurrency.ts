import { UnsupportedError } from '../../stack/resource';
import { TooManyRequestsException } from './errors';
import type { FunctionConfiguration } from './function-configuration';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; a new account may have 10. */
export const DEFAULT_ACCOUNT_CONCURRENCY = 1_000;

/**
 * Concurrency that Lambda keeps unreserved: 100, or all of a quota that is smaller
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
 */
const MIN_UNRESERVED = 100;

type Reservation = Pick<FunctionConfiguration, 'address' | 'functionName' | 'reservedConcurrency'>;

/** Counts the instances at work against what the account, and each function, may run at once. */
export class Concurrency {
  private readonly unreservedLimit: number;
  private unreserved = 0;
  private readonly reserved = new Map<string, number>();

  /**
   * @param accountLimit the account's quota of concurrent executions in the region
   * @throws UnsupportedError if the functions reserve more than the account may give away
   */
  constructor(functions: readonly Reservation[], accountLimit = DEFAULT_ACCOUNT_CONCURRENCY) {
    const reservations = functions.reduce((sum, fn) => sum + (fn.reservedConcurrency ?? 0), 0);
    const unreserved = accountLimit - reservations;
    this.unreservedLimit = unreserved;
    const least = Math.min(MIN_UNRESERVED, accountLimit);
    const greedy = functions.find((fn) => (fn.reservedConcurrency ?? 0) > 0);
    if (greedy && unreserved < least) {
      throw new UnsupportedError(
        `${greedy.address}.reserved_concurrent_executions`,
        `reservations of ${reservations} leave ${unreserved} of the account's ${accountLimit}: ` +
          `Lambda keeps ${least} unreserved`,
      );
    }
  }

  /**
   * @returns what gives the place back
   * @throws TooManyRequestsException if none is free
   */
  acquire(fn: Reservation): () => void {
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
