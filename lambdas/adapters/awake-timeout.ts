/** Longer than any pause of the event loop that is not a freeze. */
const SLACK_MS = 250;

/** Into so many steps a wait is cut, each of which tells whether the instance was awake. */
const STEPS = 4;

/**
 * A signal that aborts after so many milliseconds of an instance that runs. Lambda freezes an instance that has
 * answered, and what is under way with it: on the next request, `AbortSignal.timeout` would end at once what had no
 * time at all.
 */
export function awakeTimeout(ms: number): AbortSignal {
  const abort = new AbortController();
  const stepMs = ms / STEPS;
  let left = STEPS;
  const step = () => {
    const began = Date.now();
    setTimeout(() => {
      if (Date.now() - began < stepMs + SLACK_MS) left -= 1;
      if (left > 0) step();
      else abort.abort(new DOMException('The call took too long.', 'TimeoutError'));
    }, stepMs).unref();
  };
  step();
  return abort.signal;
}
