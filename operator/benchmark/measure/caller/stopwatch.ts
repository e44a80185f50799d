import type { Readable } from 'node:stream';
import { systemClock } from '../clock';
import type { Timing } from './model-caller';

/** The engine's, by which a run's other times are told. */
const now = (): number => systemClock.now();

/**
 * Times one call where it meets the network: after the SDK has serialized and signed the request, and before it
 * parses the response. What the harness computes for other calls at that time is thus no part of the latency.
 */
export class Stopwatch {
  private sentAt: number | undefined;
  private firstTextAt: number | undefined;
  private endedAt: number | undefined;

  /** @param onSent told when the request has been handed to the connection */
  constructor(private readonly onSent: () => void) {}

  /** For the innermost place of a command's middleware stack. */
  readonly middleware =
    <Args, Output extends { readonly response: unknown }>(next: (args: Args) => Promise<Output>) =>
    async (args: Args): Promise<Output> => {
      this.sentAt = now();
      const pending = next(args);
      this.onSent();
      const output = await pending;
      (output.response as { body: Readable }).body.once('end', () => {
        this.endedAt = now();
      });
      return output;
    };

  /** Whether the request was handed to a connection. */
  get wasSent(): boolean {
    return this.sentAt !== undefined;
  }

  /** Text has come. */
  text(): void {
    this.firstTextAt ??= now();
  }

  /** @returns the call's times, once it has ended in whatever way */
  read(): Timing {
    const endedAt = this.endedAt ?? now();
    return { sentAt: this.sentAt ?? endedAt, firstTextAt: this.firstTextAt, endedAt };
  }
}
