import type { Clock } from '../../../run/clock';
import type { Intercept } from '../../../platform/faults/effects';
import { outputLocation, parseS3Uri } from '../jobs/job-request';
import type { Job, JobMetrics } from '../jobs/job';
import type { Phase } from '../jobs/status';
import type { ObjectStore } from '../options';
import { sleepUntil } from '../resources/background';
import { DatasetError, readDataset, requireEnough, type Dataset } from './dataset';
import { lossCurve, metricsCsv, validationCurve } from './loss';
import { DATA_PROCESSING_MS, trainingMs, VALIDATION_MS } from '../schedule';

export interface TrainingOptions {
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
    for (const { s3Uri } of request.validationDataConfig.validators) {
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
