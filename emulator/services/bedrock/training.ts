import type { Intercept } from '../../platform/faults/effects';
import type { Clock } from '../../platform/clock';
import { DATA_PROCESSING_MS, sleepUntil, trainingMs, VALIDATION_MS } from './background';
import { type Job, type JobMetrics, outputLocation, parseS3Uri, type Phase } from './customization-job';
import { type Dataset, DatasetError, readDataset, requireEnough } from './dataset';
import type { ObjectStore } from './options';

interface TrainingOptions {
  readonly clock: Clock;
  readonly data: ObjectStore;
  readonly intercept: Intercept | undefined;
  readonly onPhase: (phase: Phase) => void;
}

interface Datasets {
  readonly training: Dataset;
  readonly validation: readonly Dataset[];
}

/**
 * Goes through a job's phases and writes its metrics, as Bedrock does at the end.
 * @throws DatasetError whose message is the job's failure message; the signal's AbortError
 */
export async function train(job: Job, options: TrainingOptions, signal: AbortSignal): Promise<JobMetrics> {
  const { clock, onPhase } = options;
  const validated = job.createdAt + VALIDATION_MS;
  const datasets = await readDatasets(job, options.data);
  await sleepUntil(clock, validated, signal);
  if (datasets instanceof DatasetError) throw datasets;
  onPhase('dataProcessing');
  await sleepUntil(clock, validated + DATA_PROCESSING_MS, signal);
  onPhase('training');
  const epochs = Number(job.hyperParameters.epochCount ?? 1);
  const duration = trainingMs(datasets.training.records, epochs);
  await sleepUntil(clock, validated + DATA_PROCESSING_MS + duration, signal);
  const effect = options.intercept?.();
  if (effect?.kind === 'job') throw new DatasetError(effect.failureMessage);
  return writeMetrics(job, datasets, epochs, options.data);
}

/** A dataset at fault is known at once, and told at the end of the validation. */
async function readDatasets(job: Job, data: ObjectStore): Promise<Datasets | DatasetError> {
  const { baseModel, request } = job;
  try {
    const training = await readDataset(data, parseS3Uri(request.trainingDataConfig.s3Uri), baseModel);
    requireEnough(training, baseModel);
    const validation: Dataset[] = [];
    for (const { s3Uri } of baseModel.ignoresValidation ? [] : request.validationDataConfig.validators) {
      validation.push(await readDataset(data, parseS3Uri(s3Uri), baseModel));
    }
    return { training, validation };
  } catch (error) {
    if (error instanceof DatasetError) return error;
    throw error;
  }
}

/** Layout: Bedrock user guide, "Analyze the results of a model customization job". */
async function writeMetrics(
  { arn, request }: Job,
  { training, validation }: Datasets,
  epochs: number,
  data: ObjectStore,
): Promise<JobMetrics> {
  const folder = `model-customization-job-${arn.slice(arn.lastIndexOf('/') + 1)}`;
  const write = async (path: string, body: string): Promise<void> => {
    const { bucket, key } = outputLocation(request, `${folder}/${path}`);
    await data.put(bucket, key, body);
  };
  const steps = lossCurve(training.records, epochs, training.digest);
  await write('training_artifacts/step_wise_training_metrics.csv', metricsCsv(steps, 'training_loss'));
  const validationLosses: number[] = [];
  for (const { digest } of validation) {
    const rows = validationCurve(steps, digest);
    await write(
      'validation_artifacts/post_fine_tuning_validation/validation/validation_metrics.csv',
      metricsCsv(rows, 'validation_loss'),
    );
    validationLosses.push(rows.at(-1)?.loss ?? 0);
  }
  return { trainingLoss: steps.at(-1)?.loss ?? 0, validationLosses };
}

/** A row of a metrics file. */
interface Step {
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
function validationCurve(training: readonly Step[], digest: string): readonly Step[] {
  const random = numbersFrom(digest);
  return training
    .filter(({ epoch }, index) => training[index + 1]?.epoch !== epoch)
    .map((step) => ({ ...step, loss: round(step.loss * (1.05 + 0.1 * random())) }));
}

/** @param column `training_loss` or `validation_loss` */
function metricsCsv(steps: readonly Step[], column: string): string {
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
