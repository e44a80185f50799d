/** Longer than any pause of the event loop that is not a freeze. */
const SLACK_MS = 250;

/** Into so many steps a wait is cut, each of which tells whether the instance was awake. */
const STEPS = 4;

/**
 * Makes a call, and aborts its signal after so many milliseconds of an instance that runs. Lambda freezes an instance
 * that has answered, and what is under way with it: on the next request, `AbortSignal.timeout` would end at once what
 * had no time at all.
 */
export async function withAwakeTimeout<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const stepMs = ms / STEPS;
  let left = STEPS;
  let timer: NodeJS.Timeout | undefined;
  const step = () => {
    const began = Date.now();
    timer = setTimeout(() => {
      if (Date.now() - began < stepMs + SLACK_MS) left -= 1;
      if (left > 0) step();
      else abort.abort(new DOMException('The call took too long.', 'TimeoutError'));
    }, stepMs).unref();
  };
  step();
  try {
    return await call(abort.signal);
  } finally {
    clearTimeout(timer);
  }
}
