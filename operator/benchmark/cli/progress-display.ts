import { SingleBar } from 'cli-progress';

/** How far a part of the work is; `detail` is said after it. */
export interface Display {
  readonly update: (done: number, total: number, detail: string) => void;
  readonly stop: () => void;
}

/** Where nobody watches, a line for each tenth is enough. */
const LINES = 10;

/** A bar on a terminal, else lines. */
export function progressDisplay(title: string, stream: NodeJS.WriteStream = process.stderr): Display {
  return stream.isTTY ? bar(title, stream) : lines(title, stream);
}

function bar(title: string, stream: NodeJS.WriteStream): Display {
  const single = new SingleBar({
    ...{ stream, clearOnComplete: true, hideCursor: true },
    format: `${title} {bar} {value}/{total} {detail}`,
  });
  let isStarted = false;
  return {
    update: (done, total, detail) => {
      if (!isStarted) single.start(total, 0, { detail });
      isStarted = true;
      single.update(done, { detail });
    },
    stop: () => {
      single.stop();
    },
  };
}

function lines(title: string, stream: NodeJS.WriteStream): Display {
  let told = 0;
  return {
    update: (done, total, detail) => {
      const tenth = Math.floor((done / total) * LINES);
      if (tenth <= told) return;
      told = tenth;
      stream.write(`${title}: ${done} of ${total} ${detail}\n`);
    },
    stop: () => undefined,
  };
}

/** @returns e.g. `about 3 min 20 s left` */
export function remainingText(remainingMs: number | null): string {
  if (remainingMs === null) return '';
  const seconds = Math.round(remainingMs / 1_000);
  if (seconds < 60) return `about ${seconds} s left`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `about ${minutes} min ${seconds % 60} s left`
    : `about ${(minutes / 60).toFixed(1)} h left`;
}
