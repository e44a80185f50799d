import { CommandError, describeError } from './errors';
import { EXIT } from './exit-codes';
import type { Role } from './target';

interface Outcome<T> {
  readonly reached: readonly T[];
  readonly failed: readonly { readonly role: Role; readonly region: string; readonly reason: string }[];
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

/** What was not done there, in the same words by every command. */
type Purpose = 'read' | 'changed';

export const failureLines = (
  { failed }: Pick<Outcome<unknown>, 'failed'>,
  purpose: Purpose,
): readonly string[] =>
  failed.map(({ role, region, reason }) => `${role} (${region}): nothing was ${purpose}. ${reason}`);

/** @throws CommandError where a region was not reached */
export function requireReached(outcome: Outcome<unknown>, purpose: Purpose): void {
  const { reached, failed } = outcome;
  if (failed.length === 0) return;
  throw new CommandError(
    failureLines(outcome, purpose).join('\n'),
    reached.length === 0 ? EXIT.failed : EXIT.incomplete,
  );
}
