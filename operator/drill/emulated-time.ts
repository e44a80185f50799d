/** The machine's own monotonic time, in milliseconds since 1970. */
export const machineNow = (): number => performance.timeOrigin + performance.now();

/** Reads the emulated time of a running system off this process's clock. */
export class EmulatedTime {
  private readonly anchor: { readonly machine: number; readonly emulated: number };

  /**
   * @param speed emulated milliseconds in a real one
   * @param emulated the emulated time, in epoch milliseconds, at `machine`
   */
  constructor(
    readonly speed = 1,
    emulated = machineNow(),
    machine = machineNow(),
  ) {
    this.anchor = { machine, emulated };
  }

  /** Emulated epoch milliseconds. */
  now(): number {
    return this.anchor.emulated + (machineNow() - this.anchor.machine) * this.speed;
  }
}
