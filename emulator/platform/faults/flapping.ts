/** A fault that comes and goes, in seconds: first `on`, then `off`, then `on` again. */
export interface Flapping {
  readonly on: number;
  readonly off: number;
}

/** @param elapsed milliseconds since the fault's start */
export function isOn({ on, off }: Flapping, elapsed: number): boolean {
  return elapsed % ((on + off) * 1000) < on * 1000;
}
