import { serve } from '../remote';
import { closedLoop, type Load, type Samples, type Target } from './closed-loop';
import { createTarget, type TargetOptions } from './targets';

/** A process that puts load on a target; the target's module, if it has one, is loaded there. */
export interface LoaderMethods {
  prepare(target: TargetOptions): void;
  run(load: Load): Promise<Samples>;
}

let options: TargetOptions | undefined;
let module: Target | undefined;

serve<LoaderMethods>({
  prepare: (target) => {
    options = target;
    module = target.kind === 'path' ? undefined : createTarget(target);
  },
  run: async (load) => {
    if (options === undefined) throw new Error('There is no target yet: call prepare first.');
    // A connection that was kept over other targets' slices may have been closed at its other end.
    const target = module ?? createTarget(options);
    const samples = await closedLoop(target, load);
    target.close?.();
    return samples;
  },
});
