import type { ColdStart } from '../../cold-start/run';
import { type Spread, element, label, legend, line, linear, svg, ticks } from '@assistant/operator/report';
import { milliseconds } from '../format';

const COLORS = { bundle: '#2471a3', 'bare clients': '#7f8c8d' } as const;

const WIDTH = 940;
const [LEFT, RIGHT] = [110, WIDTH - 90];
const [BAR, ROW, TOP] = [13, 38, 26];

/** For each function, the time its bundle takes to load beside its bare clients'; a thin line from least to most. */
export function coldStartChart(results: readonly ColdStart[]): string {
  const max = Math.max(1, ...results.flatMap(({ loadMs, bareLoadMs }) => [loadMs.max, bareLoadMs.max]));
  const x = linear(max, LEFT, RIGHT);
  const bottom = TOP + results.length * ROW;
  const bar = (top: number, { median, min, max: most }: Spread, fill: string) => [
    element('rect', { x: LEFT, y: top, width: x(median) - LEFT, height: BAR, fill }),
    line(x(min), top + BAR / 2, x(most), top + BAR / 2, { stroke: '#111' }),
    label(x(most) + 5, top + BAR - 2, milliseconds(median)),
  ];
  return svg(WIDTH, bottom + 20, [
    legend(COLORS, LEFT, 12),
    ...ticks(max).flatMap((ms) => [
      line(x(ms), TOP, x(ms), bottom),
      label(x(ms), bottom + 14, String(ms), { 'text-anchor': 'middle' }),
    ]),
    ...results.flatMap(({ entry, loadMs, bareLoadMs }, index) => {
      const top = TOP + index * ROW + 4;
      return [
        label(LEFT - 8, top + BAR + 4, entry, { 'text-anchor': 'end' }),
        ...bar(top, loadMs, COLORS.bundle),
        ...bar(top + BAR + 2, bareLoadMs, COLORS['bare clients']),
      ];
    }),
  ]);
}
