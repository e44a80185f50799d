import { awsTarget } from './aws-target';
import { localTarget } from './local-target';
import type { Target } from './target';

export interface TargetOptions {
  readonly target: 'local' | 'aws';
}

/**
 * Opens what the commands work on; whoever opens it closes it.
 * @throws Error with what to start, export or deploy where something is missing
 */
export const openTarget = ({ target }: TargetOptions): Promise<Target> =>
  target === 'local' ? localTarget() : awsTarget();
