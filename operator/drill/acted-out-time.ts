/** The machine's own monotonic time, in milliseconds since 1970. */
export const machineNow = (): number => performance.timeOrigin + performance.now();

/** Reads the acted-out time of a running system off this process's clock. */
export class ActedOutTime {
  private readonly anchor: { readonly machine: number; readonly actedOut: number };

  /**
   * @param speed acted-out milliseconds in a real one
   * @param actedOut the acted-out time, in epoch milliseconds, at `machine`
   */
  constructor(
    readonly speed = 1,
    actedOut = machineNow(),
    machine = machineNow(),
  ) {
    this.anchor = { machine, actedOut };
  }

  /** Acted-out epoch milliseconds. */
  now(): number {
    return this.anchor.actedOut + (machineNow() - this.anchor.machine) * this.speed;
  }
}
