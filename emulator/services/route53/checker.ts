/** One health checker's view of an endpoint, which a number of consecutive results changes. */
export class Checker {
  private view = true;
  private contrary = 0;

  /** @param threshold consecutive results that change the view, either way */
  constructor(private readonly threshold: number) {}

  /** A new health check is taken for healthy. */
  get healthy(): boolean {
    return this.view;
  }

  /** Takes a view without waiting for results in a row. */
  settle(passed: boolean): void {
    this.view = passed;
    this.contrary = 0;
  }

  observe(passed: boolean): void {
    this.contrary = passed === this.view ? 0 : this.contrary + 1;
    if (this.contrary < this.threshold) return;
    this.view = passed;
    this.contrary = 0;
  }
}
