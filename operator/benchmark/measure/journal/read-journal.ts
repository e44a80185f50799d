import { z } from 'zod';
import type { Call } from '../../result/result';
import { entrySchema, headerSchema, type JournalEntry, type JournalHeader } from './entries';

/** What a run has left behind. */
export interface JournalContent {
  readonly header: JournalHeader;
  readonly calls: readonly Call[];
  readonly spend: { readonly spentUsd: number; readonly assumedUsd: number; readonly reservations: number };
  /** Bytes of the lines that are whole; what follows them was torn by the end of its process. */
  readonly wholeBytes: number;
}

/**
 * Reads a journal. Its last line may be torn; money that was reserved and never settled counts as spent, since its
 * call may have been sent.
 * @throws Error naming the first line that is wrong
 */
export function readJournal(text: string): JournalContent {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [first = '', ...rest] = whole.split('\n').slice(0, -1);
  const header = readLine(headerSchema, first, 1);
  const entries = rest.map((line, index) => readLine(entrySchema, line, index + 2));
  return {
    header,
    calls: entries.flatMap((entry) => (entry.kind === 'call' ? [entry.call] : [])),
    spend: sumUp(entries),
    wholeBytes: Buffer.byteLength(whole),
  };
}

function readLine<T>(schema: z.ZodType<T>, line: string, number: number): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch (error) {
    // Not the parser's own words, which quote the line: it holds a model's answer.
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : 'it is no JSON';
    throw new Error(`Line ${number} of the journal is not one of a benchmark: ${reason}`, { cause: error });
  }
}

function sumUp(entries: readonly JournalEntry[]): JournalContent['spend'] {
  const open = new Map<number, number>();
  let [spentUsd, assumedUsd, reservations] = [0, 0, 0];
  for (const entry of entries) {
    if (entry.kind === 'reserved') {
      open.set(entry.reservation, entry.usd);
      reservations = Math.max(reservations, entry.reservation);
    } else if (entry.kind === 'settled') {
      open.delete(entry.reservation);
      spentUsd += entry.usd;
      if (entry.assumed) assumedUsd += entry.usd;
    }
  }
  const unsettled = [...open.values()].reduce((sum, usd) => sum + usd, 0);
  return { spentUsd: spentUsd + unsettled, assumedUsd: assumedUsd + unsettled, reservations };
}
