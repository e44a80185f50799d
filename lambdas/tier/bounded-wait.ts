/** How long a request of an instance with fresh knowledge waits for a table; what it says later is still taken in. */
export const STORE_WAIT_MS = 75;

/**
 * An instance without fresh knowledge waits for a read rather than guess: after a cold start or a pause, the connection
 * to the table alone takes hundreds of milliseconds. Once a read has failed it, it waits as one with knowledge does.
 */
export const READ_WAIT_MS = 1_000;

/** After a failure of a table, requests are spared the wait for this long. */
export const STORE_REST_MS = 1_000;

/**
 * Waits for a promise, but not for ever; the work behind it goes on.
 * @returns what the promise gives, or `otherwise` once the time is up; the promise must not reject
 */
export async function within<T, U = undefined>(
  promise: Promise<T>,
  ms: number,
  otherwise?: U,
): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<U>((resolve) => {
    timer = setTimeout(() => {
      // What has arrived while the event loop was busy is read first.
      setImmediate(resolve, otherwise as U);
    }, ms);
  });
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
