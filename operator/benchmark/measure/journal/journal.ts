import { closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { differences } from '../plan';
import type { JournalEntry, JournalHeader } from './entries';
import { readJournal, type JournalContent } from './read-journal';

/** What a run has done, line by line (JSON Lines), so that another process can go on where it stopped. */
export class Journal {
  private constructor(private readonly descriptor: number) {}

  /** @throws Error where the file exists already or cannot be written */
  static create(file: string, header: JournalHeader): Journal {
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) {
      throw new Error(`${file} exists already: resume it, or name another file.`);
    }
    const journal = new Journal(openSync(file, 'wx'));
    journal.write(header);
    return journal;
  }

  /**
   * Goes on with a journal.
   * @throws Error where it cannot be read, or where it is of another plan or other prices, naming what differs
   */
  static resume(
    file: string,
    { plan, prices }: Pick<JournalHeader, 'plan' | 'prices'>,
  ): { readonly journal: Journal; readonly content: JournalContent } {
    const content = readJournal(readFileSync(file, 'utf8'));
    const { header } = content;
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
    truncateSync(file, content.wholeBytes);
    return { journal: new Journal(openSync(file, 'a')), content };
  }

  /** Is with the operating system when it returns: it outlives this process, though not the machine. */
  append(entry: JournalEntry): void {
    this.write(entry);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private write(line: JournalHeader | JournalEntry): void {
    writeSync(this.descriptor, `${JSON.stringify(line)}\n`);
  }
}
