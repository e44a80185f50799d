import { AwsError } from '../platform/http/aws-error';
import type { LocalRegion } from '../run/region/local-region';

/** @throws AwsError 400 for a name that is none */
export function regionsNamed(regions: readonly LocalRegion[], name: string): readonly LocalRegion[] {
  const named = regions.filter(({ role }) => name === 'both' || name === role);
  if (named.length === 0) {
    throw new AwsError(
      400,
      'InvalidRegion',
      `region must be primary, secondary or both, not ${JSON.stringify(name)}.`,
    );
  }
  return named;
}
