import type { Happening } from '../picture';
import type { Request } from './requests';
import { words } from './requests';

/** A line of what happened. */
interface Entry {
  readonly at: number;
  /** The word that stands beside its colour. */
  readonly kind: string;
  readonly tone: 'good' | 'bad' | 'plain';
  readonly text: string;
}

/** Regions' AWS names by their roles. */
type Names = Readonly<Record<string, string>>;

/** All that happened, the newest first. */
export function timeline(
  happened: readonly Happening[],
  requests: readonly Request[],
  names: Names,
): readonly Entry[] {
  return [...happened.map((each) => entryOf(each, names)), ...tierChanges(requests, names)].sort(
    (one, other) => other.at - one.at,
  );
}

function entryOf(happening: Happening, names: Names): Entry {
  const { at } = happening;
  const named = (role: string) => names[role] ?? role;
  switch (happening.kind) {
    case 'check': {
      const { name, healthy, reason } = happening;
      const text = `${name} is ${healthy ? 'healthy' : 'unhealthy'} (${reason})`;
      return { at, kind: 'Check', tone: healthy ? 'good' : 'bad', text };
    }
    case 'dns':
      return { at, kind: 'DNS', tone: 'plain', text: `Route 53 leads new callers to ${named(happening.to)}` };
    case 'callers':
      return { at, kind: 'Callers', tone: 'plain', text: `Callers have moved to ${named(happening.to)}` };
    case 'fault': {
      const { begins, what } = happening;
      return {
        at,
        kind: 'Fault',
        tone: begins ? 'bad' : 'good',
        text: `${begins ? 'Begins' : 'Ends'}: ${what}`,
      };
    }
    case 'evacuation': {
      const text = happening.evacuated
        ? `An operator evacuates ${named('primary')}`
        : `${named('primary')} is given back to its callers`;
      return { at, kind: 'Evacuation', tone: 'plain', text };
    }
    case 'circuit': {
      const { region, model, phase } = happening;
      const text = `${model} in ${region}: ${words(phase)}`;
      return { at, kind: 'Circuit', tone: phase === 'closed' ? 'good' : 'bad', text };
    }
    case 'alarm': {
      const { region, name, state } = happening;
      const text = `${name} in ${region}: ${words(state.toLowerCase())}`;
      return { at, kind: 'Alarm', tone: state === 'ALARM' ? 'bad' : 'good', text };
    }
    case 'configuration':
      return {
        at,
        kind: 'Rules',
        tone: 'plain',
        text: `${happening.region} has the rules ${happening.version}`,
      };
  }
}

const TIERS: Readonly<Record<string, string>> = {
  primary: 'the primary model answers',
  fallback: 'the fallback model answers',
  degraded: 'no model answers: callers get the maintenance message',
};

/** Where callers' answers, one after the other, come from another tier or region than the one before. */
function tierChanges(requests: readonly Request[], names: Names): readonly Entry[] {
  const answers = requests
    .filter(({ outcome, source }) => Object.hasOwn(TIERS, outcome) && source !== 'canary')
    .sort((one, other) => one.to - other.to);
  return answers.flatMap(({ to: at, role, outcome }, index) => {
    const before = answers[index - 1];
    if (before?.role === role && before.outcome === outcome) return [];
    const tone = outcome === 'primary' ? 'good' : outcome === 'degraded' ? 'bad' : 'plain';
    return [{ at, kind: 'Answers', tone, text: `In ${names[role] ?? role}, ${TIERS[outcome] ?? ''}` }];
  });
}
