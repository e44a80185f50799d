import { BIN_MS, type Outage, type TimelineBin } from '../../outage/summary';
import {
  element,
  label,
  legend,
  line,
  linear,
  logarithmic,
  polyline,
  svg,
  ticks,
  type Scale,
} from '@assistant/operator/report';

const COLORS: Readonly<Record<string, string>> = {
  primary: '#2471a3',
  fallback: '#d35400',
  degraded: '#c0392b',
  failed: '#000000',
};

const [WIDTH, HEIGHT] = [940, 400];
const [LEFT, RIGHT] = [48, WIDTH - 12];
const ANSWERS = { top: 40, bottom: 190 };
const LATENCY = { top: 220, bottom: HEIGHT - 30 };
const [MIN_MS, MAX_MS] = [50, 5_000];

/** Answers a second by tier above, callers' latency below, over the run's time. */
export function outageChart({ phases, timeline }: Outage): string {
  const endMs = phases.at(-1)?.toMs ?? 1;
  const x = linear(endMs, LEFT, RIGHT);
  return svg(WIDTH, HEIGHT, [
    legend(COLORS, LEFT, 10),
    ...phases.flatMap(({ name, fromMs, toMs }) => [
      element('rect', {
        x: x(fromMs),
        y: 18,
        width: x(toMs) - x(fromMs),
        height: LATENCY.bottom - 18,
        fill: name.startsWith('dead') ? '#fdecea' : '#f4f9f4',
      }),
      label(x(fromMs) + 3, 30, name),
    ]),
    ...answers(timeline, x),
    ...latency(timeline, x),
    ...ticks(endMs / 1_000).map((second) =>
      label(x(second * 1_000), HEIGHT - 14, `${second} s`, { 'text-anchor': 'middle' }),
    ),
  ]);
}

function answers(timeline: readonly TimelineBin[], x: Scale): readonly string[] {
  const perSecond = (count: number) => (count * 1_000) / BIN_MS;
  const totalOf = ({ tiers }: TimelineBin) => Object.values(tiers).reduce((sum, count) => sum + count, 0);
  const max = Math.max(1, ...timeline.map((bin) => perSecond(totalOf(bin))));
  const y = linear(max, ANSWERS.bottom, ANSWERS.top);
  return [
    ...ticks(max).flatMap((value) => [
      line(LEFT, y(value), RIGHT, y(value)),
      label(LEFT - 4, y(value) + 4, String(value), { 'text-anchor': 'end' }),
    ]),
    label(LEFT, ANSWERS.bottom + 14, 'answers a second', { fill: '#777' }),
    ...timeline.flatMap((bin) => {
      let below = 0;
      return Object.entries(bin.tiers).map(([tier, count]) => {
        const from = below;
        below += perSecond(count);
        return element('rect', {
          x: x(bin.atMs),
          y: y(below),
          width: x(BIN_MS) - x(0),
          height: y(from) - y(below),
          fill: COLORS[tier] ?? '#000000',
        });
      });
    }),
  ];
}

function latency(timeline: readonly TimelineBin[], x: Scale): readonly string[] {
  const y = logarithmic(MIN_MS, MAX_MS, LATENCY.bottom, LATENCY.top);
  const middle = ({ atMs }: TimelineBin) => x(atMs + BIN_MS / 2);
  return [
    ...[100, 200, 500, 1_000, 2_000, 5_000].flatMap((ms) => [
      line(LEFT, y(ms), RIGHT, y(ms)),
      label(LEFT - 4, y(ms) + 4, String(ms), { 'text-anchor': 'end' }),
    ]),
    label(LEFT, LATENCY.bottom + 14, 'latency in ms, logarithmic: median, and longest (grey)', {
      fill: '#777',
    }),
    polyline(
      timeline.map((bin) => [middle(bin), y(bin.max)] as const),
      '#999999',
    ),
    polyline(
      timeline.map((bin) => [middle(bin), y(bin.p50)] as const),
      '#111111',
    ),
  ];
}
