/** What one health check observes, before it is inverted. */
export interface Monitor {
  readonly healthy: boolean;
  /** In the words of the console, why it is so. */
  readonly reason: string;
  /** Takes the first result for what has long been so; monitors that know it at once need not. */
  settle?(): Promise<void>;
  start(): void;
  close(): void;
}
