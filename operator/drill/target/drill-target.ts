import type { Change } from '@assistant/emulator';
import type { ActedOutTime } from '../acted-out-time';
import type { DrillLog } from '../drill-log';

/** A system that a drill is held with. */
export interface DrillTarget {
  /** Where callers ask, by the failover name. */
  readonly url: URL;
  readonly time: ActedOutTime;
  readonly regions: DrillLog['regions'];
  /** @throws Error where the system is not as it is on a quiet day, with what to do */
  checkReady(): Promise<void>;
  takeAway(): Promise<void>;
  /** Undoes what `takeAway` did. */
  bringBack(): Promise<void>;
  /** Changes of health checks and answers, the oldest first; none where the target does not tell. */
  changes(): Promise<readonly Change[]>;
  close(): void;
}
