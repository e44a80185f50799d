import { VARIANTS, type HealthyCell, type Variant } from '../../healthy/summary';
import { VARIANT_NAMES } from '../sections';
import { element, label, legend, line, logarithmic, polyline, svg } from '@assistant/operator/report';

const COLORS: Readonly<Record<Variant, string>> = { bare: '#7f8c8d', handler: '#2471a3', path: '#d35400' };

const [WIDTH, HEIGHT] = [460, 240];
const PLOT = { left: 40, right: WIDTH - 12, top: 34, bottom: HEIGHT - 30 };

/** For each cell, the distribution of its latencies: the share of calls that took at most so long. */
export const healthyCharts = (cells: readonly HealthyCell[]): string => cells.map(distribution).join('\n');

function distribution({ concurrency, upstreamMs, variants }: HealthyCell): string {
  const all = VARIANTS.flatMap((variant) => variants[variant].quantiles);
  const [min, max] = [Math.max(0.01, Math.min(...all)) / 1.1, Math.max(...all) * 1.1];
  const x = logarithmic(min, max, PLOT.left, PLOT.right);
  const y = (percent: number) => PLOT.bottom + (percent / 100) * (PLOT.top - PLOT.bottom);
  return svg(WIDTH, HEIGHT, [
    label(PLOT.left, 12, `${concurrency} concurrent, upstream ${upstreamMs} ms`, { 'font-weight': 'bold' }),
    legend(Object.fromEntries(VARIANTS.map((name) => [VARIANT_NAMES[name], COLORS[name]])), PLOT.left, 27),
    ...[0, 50, 95, 100].flatMap((percent) => [
      line(PLOT.left, y(percent), PLOT.right, y(percent)),
      label(PLOT.left - 4, y(percent) + 4, `${percent} %`, { 'text-anchor': 'end' }),
    ]),
    ...logarithmicTicks(min, max).flatMap((ms) => [
      line(x(ms), PLOT.bottom, x(ms), PLOT.bottom + 4),
      label(x(ms), PLOT.bottom + 15, String(ms), { 'text-anchor': 'middle' }),
    ]),
    label(PLOT.right, HEIGHT - 3, 'ms, logarithmic', { 'text-anchor': 'end', fill: '#777' }),
    ...VARIANTS.map((variant) => {
      const { quantiles } = variants[variant];
      const points = quantiles.map(
        (ms, index) => [x(ms), y(((index + 0.5) / quantiles.length) * 100)] as const,
      );
      return element('g', {}, polyline(points, COLORS[variant]));
    }),
  ]);
}

/** 1, 2 and 5 of every power of ten in the range. */
function logarithmicTicks(min: number, max: number): readonly number[] {
  const powers = Array.from({ length: 9 }, (_, index) => 10 ** (index - 3));
  return powers
    .flatMap((power) => [1, 2, 5].map((factor) => Number((factor * power).toPrecision(1))))
    .filter((tick) => tick >= min && tick <= max);
}
