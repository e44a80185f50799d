import type { Load, Samples } from './closed-loop';
import type { TargetOptions } from './targets';

/** A process that puts load on a target; the target's module, if it has one, is loaded there. */
export interface LoaderMethods {
  prepare(target: TargetOptions): void;
  run(load: Load): Promise<Samples>;
}
