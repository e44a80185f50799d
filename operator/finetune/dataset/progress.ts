import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** @param done of the total, in bytes */
  readonly update: (done: number) => void;
  readonly stop: () => void;
}

const MEBIBYTE = 2 ** 20;

/** A bar on standard error where somebody sees it; nothing in a pipe or a log. */
export function byteProgress(label: string, totalBytes: number, stream = process.stderr): Progress {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage} % of ${(totalBytes / MEBIBYTE).toFixed(1)} MB, {eta_formatted} left`,
      stream,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(totalBytes, 0);
  return {
    update: (done) => {
      bar.update(done);
    },
    stop: () => {
      bar.stop();
    },
  };
}
