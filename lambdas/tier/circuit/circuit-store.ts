import type { Circuit } from '../../../contract/circuit';

/** Where all instances of a region keep their circuits; every call may fail, or take its time. */
export interface CircuitStore {
  read(model: string): Promise<Circuit | undefined>;
  /**
   * Writes on condition that the stored version is one less than this one's (none at all for version 1).
   * @returns undefined when written, else the circuit that stands there instead
   */
  write(circuit: Circuit): Promise<{ readonly current: Circuit | undefined } | undefined>;
}
