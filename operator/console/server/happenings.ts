import type { Status } from '@assistant/emulator';
import type { FaultPicture, Happening, Picture, RegionPicture } from '../picture';

type Seen = Omit<Picture, 'job'>;

/** What lies between two looks at the system, in the order in which it is told. */
export function happenings(before: Seen, after: Seen, now: number): readonly Happening[] {
  const isIn = (faults: readonly FaultPicture[], { id }: FaultPicture) =>
    faults.some((each) => each.id === id);
  return [
    ...after.faults
      .filter((fault) => !isIn(before.faults, fault))
      .map(
        (fault) => ({ kind: 'fault', at: fault.startedAt, begins: true, what: faultText(fault) }) as const,
      ),
    ...before.faults
      .filter((fault) => !isIn(after.faults, fault))
      .map(
        (fault) =>
          ({
            kind: 'fault',
            at: Math.min(now, fault.expiresAt ?? now),
            begins: false,
            what: faultText(fault),
          }) as const,
      ),
    ...evacuation(before, after).map((evacuated) => ({ kind: 'evacuation', at: now, evacuated }) as const),
    ...(before.failover.servedBy === after.failover.servedBy
      ? []
      : [{ kind: 'callers', at: now, to: after.failover.servedBy } as const]),
    ...after.regions.flatMap((region) => {
      const earlier = before.regions.find(({ role }) => role === region.role);
      return earlier === undefined ? [] : ofRegion(earlier, region, now);
    }),
  ];
}

function evacuation({ evacuation: before }: Seen, { evacuation: after }: Seen): readonly boolean[] {
  if (typeof before === 'string' || typeof after === 'string') return [];
  return before.evacuated === after.evacuated ? [] : [after.evacuated];
}

function ofRegion(before: RegionPicture, after: RegionPicture, at: number): readonly Happening[] {
  const { region } = after;
  const [earlier, version] = [deployedVersion(before), deployedVersion(after)];
  return [
    ...circuitsOf(before, after).map(
      ([model, phase]) => ({ kind: 'circuit', at, region, model, phase }) as const,
    ),
    ...changedAlarms(before, after).map(
      ({ name, state }) => ({ kind: 'alarm', at, region, name, state }) as const,
    ),
    ...(version === undefined || earlier === undefined || version === earlier
      ? []
      : [{ kind: 'configuration', at, region, version } as const]),
  ];
}

const deployedVersion = ({ configuration }: RegionPicture): string | undefined =>
  typeof configuration === 'string' ? undefined : configuration.deployed.version;

/** Into ALARM and out of it; a region that was not reached has none to tell. */
function changedAlarms({ alarms: before }: RegionPicture, { alarms: after }: RegionPicture) {
  if (typeof before === 'string' || typeof after === 'string') return [];
  return after.filter(({ name, state }) => {
    const was = before.find((alarm) => alarm.name === name)?.state;
    return was !== state && [was, state].includes('ALARM');
  });
}

/** Models whose circuit is in another phase, with that; a region that was not reached has none to tell. */
function circuitsOf(
  { circuits: before }: RegionPicture,
  { circuits: after }: RegionPicture,
): readonly (readonly [string, string])[] {
  if (typeof before === 'string' || typeof after === 'string') return [];
  const phases = (circuits: typeof after) => new Map(circuits.map(({ model, phase }) => [model, phase]));
  const [earlier, later] = [phases(before), phases(after)];
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .map((model) => [model, earlier.get(model) ?? 'closed', later.get(model) ?? 'closed'] as const)
    .filter(([, was, is]) => was !== is)
    .map(([model, , is]) => [model, is] as const);
}

/** e.g. `primary: bedrock error, us.amazon…, 50 % of calls` */
const faultText = ({ region, target, mode, model, rate }: FaultPicture): string =>
  [
    `${region}: ${target} ${mode}`,
    ...(model === undefined ? [] : [model]),
    ...(rate === 1 ? [] : [`${Math.round(rate * 100)} % of calls`]),
  ].join(', ');

/**
 * Route 53's own record of what has changed.
 * @param since emulated milliseconds: what is told already is not told again
 */
export const changesOf = (
  { history, clock }: Pick<Status, 'history' | 'clock'>,
  since: number,
  now: number,
): readonly Happening[] =>
  history
    .filter(({ at }) => at > since)
    .map((change) => {
      const at = now - (clock.now - change.at) / clock.speed;
      if (change.kind === 'answer') return { kind: 'dns', at, to: change.setIdentifier };
      const { name, healthy, reason } = change;
      return { kind: 'check', at, name, healthy, reason };
    });
