import { SCHEMA_VERSION } from '../../result/result';
import type { JournalHeader } from './entries';
import { Journal } from './journal';
import type { JournalContent } from './read-journal';

/** A run's journal, and what an earlier part of the run has left in it. */
export interface OpenJournal {
  readonly journal?: Journal;
  readonly before?: JournalContent;
  /** ISO 8601: when the first part of the run began. */
  readonly startedAt: string;
}

export interface JournalFile {
  readonly file: string;
  /** Whether to go on with what is in the file; else there must be none yet. */
  readonly resume: boolean;
}

/**
 * @param settings undefined: nothing is kept
 * @throws Error where the file cannot be written, or is no journal of this plan
 */
export function openJournal(
  settings: JournalFile | undefined,
  measuring: Pick<JournalHeader, 'plan' | 'prices'>,
  now: Date,
): OpenJournal {
  const startedAt = now.toISOString();
  if (settings === undefined) return { startedAt };
  if (settings.resume) {
    const { journal, content } = Journal.resume(settings.file, measuring);
    return { journal, before: content, startedAt: content.header.startedAt };
  }
  const header = { kind: 'benchmark', schemaVersion: SCHEMA_VERSION, startedAt, ...measuring } as const;
  return { journal: Journal.create(settings.file, header), startedAt };
}
