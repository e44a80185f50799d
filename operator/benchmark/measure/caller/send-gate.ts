import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Lets one request at a time be prepared and sent. Requests that are prepared together reach their connections only
 * when all of them are ready, and would find their neighbours' processor time in their own latency.
 */
export class SendGate {
  private last: Promise<void> = Promise.resolve();

  /**
   * Waits for the requests before.
   * @returns to be called when the request has been sent or has failed; more than once does no harm
   */
  async enter(): Promise<() => void> {
    const before = this.last;
    let leave: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    // A turn of the event loop later, responses that have come meanwhile have been taken in.
    this.last = left.then(() => nextTurn());
    await before;
    return leave;
  }
}
