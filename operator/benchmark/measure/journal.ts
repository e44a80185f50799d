import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { faultsText, makeFolder } from '../../command/files';
import { planSchema } from '../result/plan';
import { callSchema, pricesUsedSchema, SCHEMA_VERSION, type Call } from '../result/result';
import { sumOf } from '../../statistics/mean';
import { differences } from './plan';

const usd = z.number().nonnegative();
const reservation = z.int().positive();

/** The first line of a journal. */
const headerSchema = z.object({
  kind: z.literal('benchmark'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  startedAt: z.iso.datetime(),
  plan: planSchema,
  prices: pricesUsedSchema,
});
type JournalHeader = z.infer<typeof headerSchema>;

/** Every further line: money first, then the call that it was spent on. */
const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reserved'), reservation, usd }),
  /** `assumed`: not known, and charged at its worst case. */
  z.object({ kind: z.literal('settled'), reservation, usd, assumed: z.boolean() }),
  z.object({ kind: z.literal('call'), call: callSchema }),
]);
type JournalEntry = z.infer<typeof entrySchema>;
/** What happens to the money. */
export type SpendEntry = Exclude<JournalEntry, { readonly kind: 'call' }>;

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
    const reason = error instanceof z.ZodError ? faultsText(error.issues) : 'it is no JSON';
    throw new Error(`Line ${number} of the journal is not one of a benchmark: ${reason}.`, { cause: error });
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
  const unsettled = sumOf([...open.values()]);
  return { spentUsd: spentUsd + unsettled, assumedUsd: assumedUsd + unsettled, reservations };
}

/** What a run has done, line by line (JSON Lines), so that another process can go on where it stopped. */
class Journal {
  constructor(private readonly descriptor: number) {}

  /** Is with the operating system when it returns: it outlives this process, though not the machine. */
  append(line: JournalHeader | JournalEntry): void {
    writeSync(this.descriptor, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

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

type Measuring = Pick<JournalHeader, 'plan' | 'prices'>;

/**
 * @param settings undefined: nothing is kept
 * @throws Error where the file cannot be written, or is no journal of this plan
 */
export function openJournal(settings: JournalFile | undefined, measuring: Measuring, now: Date): OpenJournal {
  const startedAt = now.toISOString();
  if (settings === undefined) return { startedAt };
  if (settings.resume) return resumed(settings.file, measuring);
  const header = { kind: 'benchmark', schemaVersion: SCHEMA_VERSION, startedAt, ...measuring } as const;
  return { journal: created(settings.file, header), startedAt };
}

/** @throws Error where the file exists already or cannot be written */
function created(file: string, header: JournalHeader): Journal {
  makeFolder(dirname(file));
  if (existsSync(file)) throw new Error(`${file} exists already: resume it, or name another file.`);
  const journal = new Journal(openSync(file, 'wx'));
  journal.append(header);
  return journal;
}

/** @throws Error where it cannot be read, or where it is of another plan or other prices, naming what differs */
function resumed(file: string, { plan, prices }: Measuring): OpenJournal {
  const before = readJournal(readFileSync(file, 'utf8'));
  const { header } = before;
  const differing = [
    ...differences(header.plan, plan),
    ...(JSON.stringify(header.prices.entries) === JSON.stringify(prices.entries) ? [] : ['prices']),
  ];
  if (differing.length > 0) {
    throw new Error(
      `${file} is of another benchmark: ${differing.join(', ')} differ. ` +
        'Give the same as then, or start anew without resuming.',
    );
  }
  truncateSync(file, before.wholeBytes);
  return { journal: new Journal(openSync(file, 'a')), before, startedAt: header.startedAt };
}
