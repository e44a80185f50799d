import type { Tier } from '../../contract/api';
import type { Change } from '@assistant/emulator';
import type { ScenarioName } from './scenario';

/** Who answered. */
interface Answerer {
  /** AWS region, e.g. `us-east-1`. */
  readonly region: string;
  readonly tier: Tier;
}

/** What an answer said of its conversation. */
export interface TurnSeen {
  readonly conversation: number;
  /** Turns before it that the model was told, or that its window had no room for. */
  readonly told: number;
  /** Whether this one is acknowledged as kept. */
  readonly stored: boolean;
}

/** One try of a request; times are emulated epoch milliseconds. */
export interface Attempt {
  readonly endedAt: number;
  /** Absent where there was no HTTP response. */
  readonly status?: number;
  /** Absent where there was no answer to the question. */
  readonly answerer?: Answerer;
  /** Why there was no answer. */
  readonly error?: string;
  /** Where it was a turn of a conversation that is kept. */
  readonly turn?: TurnSeen;
}

export interface RequestRecord {
  readonly startedAt: number;
  readonly first: Attempt;
  /** Made at once where the first attempt had no answer: what a client that retries once gets. */
  readonly retry?: Attempt;
}

/** All that happened in a drill; times are emulated epoch milliseconds. */
export interface DrillLog {
  readonly scenario: ScenarioName;
  readonly startedAt: number;
  /** When the primary was taken away, and brought back. */
  readonly takenAwayAt: number;
  readonly broughtBackAt: number;
  /** In the order of their start. */
  readonly requests: readonly RequestRecord[];
  /** Route 53's, the oldest first; empty where the target does not tell. */
  readonly changes: readonly Change[];
  readonly regions: { readonly primary: string; readonly secondary: string };
  /** Emulated seconds in a real one. */
  readonly speed: number;
}

export const answererName = ({ region, tier }: Answerer): string => `${region} ${tier}`;

/** Who answered, as a name, or why nobody did. */
export const outcome = ({ answerer, error = 'no answer' }: Attempt): string =>
  answerer ? answererName(answerer) : `no answer: ${error}`;

/** Whether a region's primary tier, which is the best there is, has answered. */
export const isBestOf = (region: string, { answerer }: Attempt): boolean =>
  answerer?.region === region && answerer.tier === 'primary';
