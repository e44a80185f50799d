import {
  axis,
  barsChartHeight,
  barsOption,
  colourLegend,
  grid,
  html,
  modelLegend,
  renderChart,
  roundedUp,
  seriesStyle,
  shareLabel,
  timelineHeight,
  timelineOption,
  type Html,
  type Size,
  type Spread,
  type Timeline,
} from '@assistant/operator/report';
import type { ColdStart } from '../cold-start/run';
import { VARIANTS, type HealthyCell } from '../healthy/summary';
import { BIN_MS, type Outage, type TimelineBin } from '../outage/summary';
import { milliseconds } from './format';
import { VARIANT_NAMES } from './sections';

/** For each cell, the distribution of its latencies: the share of calls that took at most so long. */
export const healthyCharts = (cells: readonly HealthyCell[]): Html =>
  html`${modelLegend(VARIANTS.map((variant) => VARIANT_NAMES[variant]))}${cells.map(distribution)}`;

function distribution({ concurrency, upstreamMs, variants }: HealthyCell, place: number): Html {
  const title = `${concurrency} concurrent, upstream ${upstreamMs} ms`;
  const chart = renderChart({
    id: `healthy-${place}`,
    title: `Share of calls that took at most so long: ${title}`,
    description: VARIANTS.map(
      (variant) => `${VARIANT_NAMES[variant]}: p50 ${milliseconds(variants[variant].p50)}.`,
    ).join(' '),
    height: 260,
    option: (size: Size) => ({
      grid: grid(size),
      xAxis: axis('milliseconds', {
        ...{ type: 'value', scale: true, splitNumber: size === 'wide' ? 8 : 4 },
        // A few very slow calls do not squeeze all others to the start.
        max: roundedUp(Math.max(...VARIANTS.map((variant) => variants[variant].p99)) * 1.02),
      }),
      yAxis: axis('', { type: 'value', min: 0, max: 1, interval: 0.25, axisLabel: shareLabel }),
      series: VARIANTS.map((variant, index) => {
        const { quantiles } = variants[variant];
        const { colour, dash } = seriesStyle(index);
        return {
          ...{ type: 'line' as const, symbol: 'none', silent: true, clip: true },
          lineStyle: { color: colour, width: 2, type: dash },
          data: quantiles.map((ms, quantile) => [ms, (quantile + 0.5) / quantiles.length]),
        };
      }),
    }),
  });
  return html`<figure>
    <h3>${title}</h3>
    ${chart}
  </figure>`;
}

const TIER_COLOURS: Readonly<Record<string, string>> = {
  primary: 'var(--series-1)',
  fallback: 'var(--series-2)',
  degraded: 'var(--series-4)',
  failed: 'var(--text)',
};
const LATENCY_COLOURS = { longest: 'var(--series-6)', median: 'var(--series-1)' } as const;

/** Answers a second by tier, and callers' latency, over the run's time. */
export function outageCharts({ phases, timeline }: Outage): Html {
  const over = (
    id: string,
    title: string,
    colours: Readonly<Record<string, string>>,
    plot: Timeline['plot'],
  ) => {
    const content: Timeline = {
      axisName: 'seconds',
      begin: 0,
      end: (phases.at(-1)?.toMs ?? 1_000) / 1_000,
      events: phases.slice(1).map(({ name, fromMs }) => ({ at: fromMs / 1_000, text: name })),
      plot,
    };
    const chart = renderChart({
      ...{ id, title, height: timelineHeight(content) },
      description: phases.map(({ name, fromMs }) => `${name} from ${milliseconds(fromMs)}.`).join(' '),
      option: (size) => timelineOption(content, size),
    });
    return html`<figure>
      <h3>${title}</h3>
      ${colourLegend(colours)}${chart}
    </figure>`;
  };
  const points = (read: (bin: TimelineBin) => number) =>
    timeline.map((bin) => [bin.atMs / 1_000, read(bin)] as const);
  const perSecond = (count = 0) => (count * 1_000) / BIN_MS;
  const answers = Object.entries(TIER_COLOURS).map(([name, colour]) => ({
    ...{ name, colour },
    points: points(({ tiers }) => perSecond(name === 'failed' ? failuresIn(tiers) : tiers[name])),
  }));
  const latencies = Object.entries(LATENCY_COLOURS).map(([name, colour]) => ({
    ...{ name, colour },
    points: points(name === 'median' ? ({ p50 }) => p50 : ({ max }) => max),
  }));
  return html`${over('answers', 'Answers a second', TIER_COLOURS, { kind: 'stacked', series: answers })}
  ${over('latency', 'Callers’ latency in milliseconds, logarithmic', LATENCY_COLOURS, { kind: 'logarithmic', series: latencies })}`;
}

const failuresIn = (tiers: TimelineBin['tiers']): number =>
  Object.entries(tiers).reduce((sum, [tier, count]) => (tier in TIER_COLOURS ? sum : sum + count), 0);

const LOAD_COLOURS = { bundle: 'var(--series-1)', 'bare clients': 'var(--series-5)' } as const;

/** For each function, the time its bundle takes to load above its bare clients'; a thin line from least to most. */
export function coldStartChart(results: readonly ColdStart[]): Html {
  const bar = ({ median, min, max }: Spread, colour: string) => ({
    value: median,
    from: min,
    to: max,
    colour,
  });
  const rows = results.map(({ entry, loadMs, bareLoadMs }) => ({
    label: entry,
    bars: [bar(loadMs, LOAD_COLOURS.bundle), bar(bareLoadMs, LOAD_COLOURS['bare clients'])] as const,
  }));
  const max = roundedUp(
    Math.max(...results.flatMap(({ loadMs, bareLoadMs }) => [loadMs.max, bareLoadMs.max])),
  );
  const chart = renderChart({
    id: 'cold-start',
    title: 'Time to load, with the least and the most',
    description: results
      .map(({ entry, loadMs, bareLoadMs }) => {
        return `${entry}: ${milliseconds(loadMs.median)}, bare ${milliseconds(bareLoadMs.median)}.`;
      })
      .join(' '),
    option: (size) => barsOption(rows, { name: 'milliseconds', max, format: String }, size),
    height: barsChartHeight(rows),
  });
  return html`<figure>${colourLegend(LOAD_COLOURS)}${chart}</figure>`;
}
