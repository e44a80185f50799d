import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { SplitReport } from '../dataset-report';

export type Side = 'training' | 'validation';

/**
 * Where a record belongs, told by its content and the seed alone: the same wherever it stands, whatever stands
 * around it, and for its copies, so that nothing is validated on what was trained.
 * @param share of the records for validation, between 0 and 1
 */
export function sideOf(content: string, seed: number, share: number): Side {
  const point = hash('sha256', `${seed}\0${content}`, 'buffer').readUInt32BE() / 2 ** 32;
  return point < share ? 'validation' : 'training';
}

export interface SplitOptions {
  /** Of the records, for validation: above 0, below 1. */
  readonly share: number;
  readonly seed: number;
  readonly trainingFile: string;
  readonly validationFile: string;
}

const SIDES: readonly Side[] = ['training', 'validation'];
const NEWLINE = Buffer.from('\n');

/** Writes each record to its side. The files appear under their names only when all is written. */
export class SplitWriter {
  /** How many went to each side. */
  readonly records: Record<Side, number> = { training: 0, validation: 0 };
  private readonly files: Readonly<Record<Side, string>>;
  private readonly streams: Readonly<Record<Side, WriteStream>>;
  private failure: Error | undefined;

  constructor(private readonly options: SplitOptions) {
    this.files = { training: options.trainingFile, validation: options.validationFile };
    this.streams = { training: this.open('training'), validation: this.open('validation') };
  }

  /** @param bytes the record's line, without its end; copied, since it is written later */
  add(bytes: Buffer, content: string): void {
    const side = sideOf(content, this.options.seed, this.options.share);
    this.records[side] += 1;
    this.streams[side].write(Buffer.concat([bytes, NEWLINE]));
  }

  /** Waits until the disk keeps up. */
  async drained(): Promise<void> {
    for (const stream of Object.values(this.streams)) {
      this.throwFailure();
      // Where it fails meanwhile, the failure is kept by the listener below.
      if (stream.writableNeedDrain) await once(stream, 'drain').catch(() => undefined);
    }
    this.throwFailure();
  }

  /** Gives the files their names. */
  async commit(): Promise<SplitReport> {
    await this.closeStreams();
    this.throwFailure();
    for (const side of SIDES) await rename(partial(this.files[side]), this.files[side]);
    return this.report(true);
  }

  /** Leaves nothing behind; what stood under the files' names stays. */
  async discard(): Promise<SplitReport> {
    await this.closeStreams();
    for (const side of SIDES) await rm(partial(this.files[side]), { force: true });
    return this.report(false);
  }

  private open(side: Side): WriteStream {
    const stream = createWriteStream(partial(this.files[side]));
    stream.on('error', (error) => {
      this.failure ??= error;
    });
    return stream;
  }

  private async closeStreams(): Promise<void> {
    for (const stream of Object.values(this.streams)) {
      stream.end();
      // A failure is kept by the listener below.
      await finished(stream).catch(() => undefined);
    }
  }

  private throwFailure(): void {
    if (!this.failure) return;
    throw new Error(
      `The split cannot be written: ${this.failure.message}. Is there room, and may you write there?`,
    );
  }

  private report(written: boolean): SplitReport {
    const { training, validation } = this.records;
    return {
      written,
      training: { file: this.files.training, records: training },
      validation: { file: this.files.validation, records: validation },
    };
  }
}

const partial = (file: string): string => `${file}.partial`;
