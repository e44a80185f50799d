import { CommandError, describeError } from './errors';
import { EXIT } from './exit-codes';
import { projectConfig } from './project';
import { openRegions, type Region, type Role, type TargetName } from './target';
import { servingRoles } from './region';
import { placeTitle } from './words';

interface Outcome<T> {
  readonly reached: readonly T[];
  readonly failed: readonly { readonly role: string; readonly region: string; readonly reason: string }[];
}

/** Goes on where a region is down: what works in the other one is what an outage leaves. */
export async function eachRegion<T>(
  roles: readonly Role[],
  names: Readonly<Record<Role, string>>,
  act: (role: Role) => Promise<T>,
): Promise<Outcome<T>> {
  const reached: T[] = [];
  const failed: Outcome<T>['failed'][number][] = [];
  for (const role of roles) {
    try {
      reached.push(await act(role));
    } catch (error) {
      failed.push({ role, region: names[role], reason: describeError(error) });
    }
  }
  return { reached, failed };
}

/** As `eachRegion`, in those that the operator has named. */
export async function inRegions<T>(
  { target, region: where }: { readonly target: TargetName; readonly region: string },
  act: (region: Region, role: Role) => Promise<T>,
): Promise<Outcome<T>> {
  const config = projectConfig();
  const roles = servingRoles(where, config);
  const regions = await openRegions(target);
  return eachRegion(roles, config.regions, (role) => act(regions[role], role));
}

/** What was not done there, in the same words by every command. */
type Purpose = 'read' | 'changed';

export const failureLines = (
  { failed }: Pick<Outcome<unknown>, 'failed'>,
  purpose: Purpose,
): readonly string[] =>
  failed.map(({ reason, ...place }) => `${placeTitle(place)}: nothing was ${purpose}. ${reason}`);

/** @throws CommandError where a region was not reached */
export function requireReached(outcome: Outcome<unknown>, purpose: Purpose): void {
  const { reached, failed } = outcome;
  if (failed.length === 0) return;
  throw new CommandError(
    failureLines(outcome, purpose).join('\n'),
    reached.length === 0 ? EXIT.failed : EXIT.incomplete,
  );
}
