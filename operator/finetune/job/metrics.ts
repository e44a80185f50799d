import { plot } from 'asciichart';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { GetModelCustomizationJobResponse } from '@aws-sdk/client-bedrock';
import type { Target } from '../target/target';
import { meanOf } from '../../statistics/mean';
import { WIDTH } from '../../command/output';
import { itemsOf } from '../../command/pages';
import type { Block } from '../../command/layout';

/** One line of the metrics that Bedrock writes to the bucket. */
interface MetricStep {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** undefined where the file has none */
  readonly perplexity: number | undefined;
}

/** Column of the loss, by the kind of file. */
type LossColumn = 'training_loss' | 'validation_loss';

/**
 * Reads `step_wise_training_metrics.csv` or `validation_metrics.csv`. Source of the columns: Bedrock user guide,
 * "Analyze the results of a model customization job".
 * @throws Error where it is not such a file
 */
export function parseMetrics(csv: string, lossColumn: LossColumn): readonly MetricStep[] {
  const [header = '', ...lines] = csv.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = header.split(',').map((name) => name.trim());
  const column = (name: string): number => {
    const index = columns.indexOf(name);
    if (index < 0) throw new Error(`The metrics have no column ${name}: ${header.slice(0, 100)}`);
    return index;
  };
  const [step, epoch, loss] = [column('step_number'), column('epoch_number'), column(lossColumn)];
  const perplexity = columns.indexOf('perplexity');
  return lines
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const cells = line.split(',');
      const number = (at: number): number => {
        const value = cells[at]?.trim() ?? '';
        if (value === '' || Number.isNaN(Number(value))) {
          throw new Error(`Line ${index + 2} of the metrics has no number under ${columns[at] ?? ''}.`);
        }
        return Number(value);
      };
      const optional =
        perplexity < 0 || (cells[perplexity]?.trim() ?? '') === '' ? undefined : number(perplexity);
      return { step: number(step), epoch: number(epoch), loss: number(loss), perplexity: optional };
    });
}

export interface JobMetrics {
  /** As Bedrock wrote it. */
  readonly csv: string;
  readonly training: readonly MetricStep[];
  /** Empty for a job without validation data. */
  readonly validation: readonly MetricStep[];
}

const TRAINING_FILE = 'step_wise_training_metrics.csv';
const VALIDATION_FILE = 'validation_metrics.csv';

/**
 * The metrics that a finished job has written under its output location.
 * @returns undefined where it has written none
 */
export async function readMetrics(
  { s3 }: Pick<Target, 's3'>,
  { jobArn = '', outputDataConfig }: Pick<GetModelCustomizationJobResponse, 'jobArn' | 'outputDataConfig'>,
): Promise<JobMetrics | undefined> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(outputDataConfig?.s3Uri ?? '') ?? [];
  const folder = `${prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`}model-customization-job-${jobId(jobArn)}/`;
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: folder });
  const objects = await itemsOf(pages, (page) => page.Contents);
  const read = async (file: string): Promise<string | undefined> => {
    const Key = objects.find((object) => object.Key?.endsWith(`/${file}`))?.Key;
    if (Key === undefined) return undefined;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return Body?.transformToString();
  };
  const [csv, validation] = await Promise.all([read(TRAINING_FILE), read(VALIDATION_FILE)]);
  if (csv === undefined) return undefined;
  return {
    csv,
    training: parseMetrics(csv, 'training_loss'),
    validation: validation === undefined ? [] : parseMetrics(validation, 'validation_loss'),
  };
}

/** arn:aws:bedrock:REGION:ACCOUNT:model-customization-job/MODEL/ID */
const jobId = (jobArn: string): string => jobArn.slice(jobArn.lastIndexOf('/') + 1);

const HEIGHT = 10;

/** Columns that asciichart takes for the axis. */
const AXIS = 13;

/** The loss over the steps, as wide as the terminal. */
export function lossChart(title: string, steps: readonly MetricStep[]): readonly Block[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return [`${title}: no steps were recorded.`];
  return [
    `${title}, step ${first.step} to ${last.step} (${first.loss.toFixed(4)} → ${last.loss.toFixed(4)}):`,
    {
      draw: (width) => {
        const room = (Number.isFinite(width) ? width : WIDTH) - AXIS;
        const losses = steps.map(({ loss }) => loss);
        return plot(toWidth(losses, Math.max(1, room)), { height: HEIGHT });
      },
    },
  ];
}

/** Means of neighbours where there are more values than columns; a single value is drawn as a line. */
export function toWidth(values: readonly number[], width: number): number[] {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return [only, only];
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, column) => {
    const bin = values.slice(
      Math.floor((column * values.length) / width),
      Math.floor(((column + 1) * values.length) / width),
    );
    return meanOf(bin);
  });
}
