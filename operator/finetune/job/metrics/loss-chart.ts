import { plot } from 'asciichart';
import type { MetricStep } from './parse-metrics';

const HEIGHT = 10;

/** Columns of a terminal that the axis leaves. */
const WIDTH = 70;

/** The loss over the steps, as wide as a terminal. */
export function lossChart(title: string, steps: readonly MetricStep[]): readonly string[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return [`${title}: no steps were recorded.`];
  return [
    `${title}, step ${first.step} to ${last.step} (${first.loss.toFixed(4)} → ${last.loss.toFixed(4)}):`,
    plot(
      toWidth(
        steps.map(({ loss }) => loss),
        WIDTH,
      ),
      { height: HEIGHT },
    ),
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
    return bin.reduce((sum, value) => sum + value, 0) / bin.length;
  });
}
