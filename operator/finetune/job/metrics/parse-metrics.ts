/** One line of the metrics that Bedrock writes to the bucket. */
export interface MetricStep {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** undefined where the file has none */
  readonly perplexity: number | undefined;
}

/** Column of the loss, by the kind of file. */
export type LossColumn = 'training_loss' | 'validation_loss';

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
