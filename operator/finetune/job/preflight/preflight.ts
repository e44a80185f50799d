import type { Target } from '../../target/target';
import type { JobWish } from '../customization-request';
import type { Check } from '../../../command/check';
import { checkHyperparameters, checkModel, checkValidationSet } from './model';
import { checkPermissions } from './permissions';
import { checkRole } from './role';

/** What can be known before the data is looked at. */
export async function checkSurroundings(
  target: Target,
  { base, hyperparameters }: JobWish,
  keys: readonly string[],
  isValidated: boolean,
): Promise<readonly Check[]> {
  const [model, role, permissions] = await Promise.all([
    checkModel(target, base),
    checkRole(target),
    checkPermissions(target, keys),
  ]);
  return [
    model,
    checkHyperparameters(base, hyperparameters),
    ...(isValidated ? checkValidationSet(base) : []),
    role,
    permissions,
  ];
}
