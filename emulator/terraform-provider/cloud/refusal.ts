import type { Values } from '../protocol/values';

/** AWS says no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /** @param saved the resource, where it was made before something else about it was refused */
  constructor(
    readonly code: string,
    message: string,
    readonly saved?: Values,
  ) {
    super(message);
  }
}
