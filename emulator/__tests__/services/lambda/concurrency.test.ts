import { Concurrency } from '../../../services/lambda/lambda-function';
import { TooManyRequestsException } from '../../../services/lambda/errors';

const fn = (functionName: string, reservedConcurrency?: number) => ({
  address: `aws_lambda_function.${functionName}`,
  functionName,
  reservedConcurrency,
});

describe('the concurrency of an account', () => {
  it.each([
    [1_000, 900],
    [101, 1],
  ])('of %d can reserve %d', (quota, reserved) => {
    expect(() => new Concurrency([fn('one', reserved), fn('two')], quota)).not.toThrow();
  });

  it.each([
    [1_000, 901, 100],
    [100, 1, 100],
    // What AWS says to new accounts: "below its minimum value of [10]".
    [10, 1, 10],
  ])('of %d cannot reserve %d: %d stay unreserved', (quota, reserved, kept) => {
    expect(() => new Concurrency([fn('one', reserved), fn('two')], quota)).toThrow(
      `aws_lambda_function.one.reserved_concurrent_executions: reservations of ${reserved} leave ` +
        `${quota - reserved} of the account's ${quota}: Lambda keeps ${kept} unreserved`,
    );
  });

  it('is taken and given back; no other function gets at a reservation', () => {
    const [reserved, other] = [fn('reserved', 2), fn('other')];
    const concurrency = new Concurrency([reserved, other], 102);
    const taken = Array.from({ length: 100 }, () => concurrency.acquire(other));
    expect(() => concurrency.acquire(other)).toThrow(TooManyRequestsException);
    taken[0]?.();
    expect(() => concurrency.acquire(other)).not.toThrow();
    concurrency.acquire(reserved);
    concurrency.acquire(reserved)();
    concurrency.acquire(reserved);
    expect(() => concurrency.acquire(reserved)).toThrow(TooManyRequestsException);
  });

  it.each<[string, number | undefined, number | undefined, number]>([
    ['reserves as before', 2, 2, 1],
    ['reserves for the first time', undefined, 2, 1],
    ['reserves no more', 2, undefined, 101],
  ])('counts what a deployment has at work whose successor %s', (_, reserved, next, free) => {
    const before = new Concurrency([fn('one', reserved)], 102);
    const release = before.acquire(fn('one', reserved));
    const after = new Concurrency([fn('one', next)], 102, before);
    for (let taken = 0; taken < free; taken += 1) after.acquire(fn('one', next));
    expect(() => after.acquire(fn('one', next))).toThrow(TooManyRequestsException);
    release();
    expect(() => after.acquire(fn('one', next))).not.toThrow();
  });
});
