import { SingleBar } from 'cli-progress';
import { columnsOf, isColourful } from './output';

/** How far a part of the work is, which may become less; `detail` is said after it. */
interface Progress {
  readonly update: (done: number, total: number, detail?: string) => void;
  readonly stop: () => void;
}

/** Where nobody watches, a line for each tenth is enough. */
const LINES = 10;

/** A bar on a terminal, else lines. */
export function progressDisplay(title: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  return isColourful(stream) ? bar(title, stream) : lines(title, stream);
}

/** Columns of a bar, and of what stands beside it: what is beyond the edge is not seen. */
const [MIN_BAR, MAX_BAR, TEXTS] = [10, 40, 70];

function bar(title: string, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar({
    ...{ stream, clearOnComplete: true, hideCursor: true },
    barsize: Math.min(MAX_BAR, Math.max(MIN_BAR, columnsOf(stream) - TEXTS)),
    format: `${title} {bar} {value}/{total} {detail}`,
  });
  let isStarted = false;
  return {
    update: (done, total, detail = '') => {
      if (!isStarted) single.start(total, 0, { detail });
      isStarted = true;
      single.setTotal(total);
      single.update(done, { detail });
    },
    stop: () => {
      single.stop();
    },
  };
}

function lines(title: string, stream: NodeJS.WriteStream): Progress {
  let told = 0;
  return {
    update: (done, total, detail = '') => {
      const tenth = Math.floor((done / total) * LINES);
      if (tenth <= told) return;
      told = tenth;
      stream.write(`${title}: ${done} of ${total} ${detail}`.trimEnd() + '\n');
    },
    stop: () => undefined,
  };
}

const MEBIBYTE = 2 ** 20;

/** A file smaller than this is through before anybody looks. */
const SHOWN_BYTES = 16 * MEBIBYTE;

/** Progress through a file, in MiB. */
export function byteProgress(
  title: string,
  totalBytes: number,
): { readonly update: (done: number) => void; readonly stop: () => void } {
  if (totalBytes < SHOWN_BYTES) return { update: () => undefined, stop: () => undefined };
  const display = progressDisplay(title);
  const mebibytes = (bytes: number): number => Math.round(bytes / MEBIBYTE);
  return {
    update: (done) => {
      display.update(mebibytes(done), mebibytes(totalBytes), 'MiB');
    },
    stop: display.stop,
  };
}

/** @returns e.g. `about 3 min 20 s left` */
export function remainingText(remainingMs: number): string {
  const seconds = Math.round(remainingMs / 1_000);
  if (seconds < 60) return `about ${seconds} s left`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `about ${minutes} min ${seconds % 60} s left`
    : `about ${(minutes / 60).toFixed(1)} h left`;
}
