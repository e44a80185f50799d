/** A row of a metrics file. */
export interface Step {
  /** from 0 */
  readonly step: number;
  /** from 0 */
  readonly epoch: number;
  readonly loss: number;
}

/** Records in a step; invented, as is the whole curve. */
const BATCH = 8;
/** Rows of an epoch at most, so that large datasets do not make large files. */
const MAX_STEPS = 500;
const FIRST_LOSS = 2.4;
const LAST_LOSS = 0.6;

/**
 * An invented curve of losses: nothing is trained. It falls from about 2.4 towards 0.6 the faster the more is trained,
 * with some noise; the same data gives the same curve.
 * @param digest hexadecimal digest of the data
 */
export function lossCurve(records: number, epochs: number, digest: string): readonly Step[] {
  const random = numbersFrom(digest);
  const perEpoch = Math.min(MAX_STEPS, Math.max(1, Math.ceil(records / BATCH)));
  return Array.from({ length: perEpoch * epochs }, (_, step) => {
    const progress = (step + 1) / perEpoch;
    const noise = 0.08 * (random() - 0.5);
    const loss = LAST_LOSS + (FIRST_LOSS - LAST_LOSS) * Math.exp(-1.2 * progress) + noise;
    return { step, epoch: Math.floor(step / perEpoch), loss: round(loss) };
  });
}

/** The last step of each epoch, with the loss on data that was not trained on: a little higher, and invented as well. */
export function validationCurve(training: readonly Step[], digest: string): readonly Step[] {
  const random = numbersFrom(digest);
  return training
    .filter(({ epoch }, index) => training[index + 1]?.epoch !== epoch)
    .map((step) => ({ ...step, loss: round(step.loss * (1.05 + 0.1 * random())) }));
}

/** @param column `training_loss` or `validation_loss` */
export function metricsCsv(steps: readonly Step[], column: string): string {
  const rows = steps.map(({ step, epoch, loss }) => [step, epoch, loss, round(Math.exp(loss))].join(','));
  return [`step_number,epoch_number,${column},perplexity`, ...rows, ''].join('\n');
}

const round = (value: number): number => Math.round(value * 1e6) / 1e6;

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function numbersFrom(digest: string): () => number {
  let state = Number.parseInt(digest.slice(0, 8), 16);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
