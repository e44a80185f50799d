import { serve } from '../process/serve';
import { closedLoop, type Target } from './closed-loop';
import type { LoaderMethods } from './loader';
import { createTarget, type TargetOptions } from './targets';

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
