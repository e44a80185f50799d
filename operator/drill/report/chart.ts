import { element, label, legend, line, linear, svg, ticks } from '../../report/svg';
import type { DrillReport } from './drill-report';
import { NO_ANSWER } from './per-bin';

const [WIDTH, HEIGHT] = [940, 300];
const [LEFT, RIGHT, TOP, BOTTOM] = [48, WIDTH - 12, 78, HEIGHT - 40];

/** Shades by tier, one colour a region; nobody's answer in black. */
const SHADES = {
  primary: { primary: '#2471a3', fallback: '#7fb3d5', degraded: '#c39bd3' },
  secondary: { primary: '#1e8449', fallback: '#82c99b', degraded: '#d4ac0d' },
} as const;

/** Requests a second by who answered them, over the drill's time, with a line for each event. */
export function drillChart(report: DrillReport): string {
  const { perBin, binSeconds, rate } = report;
  const colors = colorsOf(report);
  const begin = perBin[0]?.atSeconds ?? 0;
  const end = (perBin.at(-1)?.atSeconds ?? 0) + binSeconds;
  const x = (atSeconds: number) => linear(end - begin, LEFT, RIGHT)(atSeconds - begin);
  const most = Math.max(rate, ...perBin.map(({ outcomes }) => sum(Object.values(outcomes))));
  const y = linear(most, BOTTOM, TOP);
  return svg(WIDTH, HEIGHT, [
    legend(colors, LEFT, 12),
    ...ticks(most).flatMap((count) => [
      line(LEFT, y(count), RIGHT, y(count)),
      label(LEFT - 4, y(count) + 4, String(count), { 'text-anchor': 'end' }),
    ]),
    ...perBin.flatMap(({ atSeconds, outcomes }) => {
      let below = 0;
      return Object.entries(colors).map(([who, fill]) => {
        const [from, to] = [below, (below += outcomes[who] ?? 0)];
        return element('rect', {
          x: x(atSeconds),
          y: y(to),
          width: x(atSeconds + binSeconds) - x(atSeconds),
          height: y(from) - y(to),
          fill,
        });
      });
    }),
    ...events(report).map(([text, ms], index) => {
      const top = 30 + (index % 3) * 14;
      return [
        line(x(ms / 1_000), top - 6, x(ms / 1_000), BOTTOM, { stroke: '#111', 'stroke-dasharray': '3 2' }),
        label(x(ms / 1_000) + 3, top + 3, text),
      ].join('');
    }),
    ...ticks(end).map((at) => label(x(at), BOTTOM + 14, String(at), { 'text-anchor': 'middle' })),
    label(LEFT, HEIGHT - 8, 'requests in a real second, over acted-out seconds after the primary’s loss', {
      fill: '#777',
    }),
  ]);
}

/** The colours of the outcomes that the report has, in the order in which they are stacked. */
function colorsOf({ regions, perBin }: DrillReport): Readonly<Record<string, string>> {
  const present = new Set(perBin.flatMap(({ outcomes }) => Object.keys(outcomes)));
  const all = (['primary', 'secondary'] as const).flatMap((role) =>
    Object.entries(SHADES[role]).map(([tier, color]) => [`${regions[role]} ${tier}`, color] as const),
  );
  return Object.fromEntries([...all, [NO_ANSWER, '#000000'] as const].filter(([who]) => present.has(who)));
}

function events({ measurement, broughtBackAfterMs }: DrillReport): readonly (readonly [string, number])[] {
  const { detectedAfterMs, answerChangedAfterMs, movedAfterMs, returnedAfterMs } = measurement;
  const list: readonly (readonly [string, number | null])[] = [
    ['lost', 0],
    ['detected', detectedAfterMs],
    ['DNS answer changed', answerChangedAfterMs],
    ['client moved', movedAfterMs],
    ['brought back', broughtBackAfterMs],
    ['client returned', returnedAfterMs === null ? null : broughtBackAfterMs + returnedAfterMs],
  ];
  return list.flatMap(([text, ms]) => (ms === null ? [] : [[text, ms] as const]));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
