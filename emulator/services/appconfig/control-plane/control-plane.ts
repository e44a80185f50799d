import type { Operations } from '../operations';
import { arnsOf } from './arns';
import { catalogue } from './catalogue';
import { deploymentOperations } from './deployment-operations';
import { hostedVersionOperations } from './hosted-version-operations';
import type { ControlPlaneScope } from './scope';

/** AppConfig itself: what operators and their commands work with. What it creates otherwise, the stack declares. */
export function controlPlane(options: Omit<ControlPlaneScope, 'arns'>): Operations {
  const scope = { ...options, arns: arnsOf(options.resources) };
  return { ...catalogue(scope), ...hostedVersionOperations(scope), ...deploymentOperations(scope) };
}
