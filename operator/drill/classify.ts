import type { RequestRecord } from './drill-log';

/** Why a request had no answer. */
export type Classification = 'in flight' | 'before the move' | 'unexplained';

/** When the loss of the primary explains a missing answer; acted-out epoch milliseconds. */
export interface ExplainedWindow {
  /** The primary's loss. */
  readonly from: number;
  /** Detection, and the time to live of the last answer that led to the primary. */
  readonly until: number;
  /** Whether the primary stopped answering at all: where it did not, nothing explains a missing answer. */
  readonly interrupts: boolean;
}

/** @param request one whose first attempt had no answer */
export function classify(
  { startedAt, first }: RequestRecord,
  { from, until, interrupts }: ExplainedWindow,
): Classification {
  if (!interrupts) return 'unexplained';
  if (startedAt < from) return first.endedAt >= from ? 'in flight' : 'unexplained';
  return startedAt <= until ? 'before the move' : 'unexplained';
}
