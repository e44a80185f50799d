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
