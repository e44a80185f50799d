import { colourLegend, renderChart } from '../../report/chart';
import { html, type Html } from '../../report/html';
import { timelineHeight, timelineOption, type TimeSeries } from '../../report/timeline-chart';
import { SCENARIOS } from '../scenario';
import { seconds } from '../verdict';
import type { DrillReport } from './drill-report';
import { NO_ANSWER, type Bin } from './requests';

/** CSS values by role and tier, in the order in which they are stacked. */
const COLOURS = {
  primary: { primary: 'var(--series-1)', fallback: 'var(--series-2)', degraded: 'var(--series-4)' },
  secondary: { primary: 'var(--series-3)', fallback: 'var(--series-6)', degraded: 'var(--series-5)' },
} as const;

/** Requests a second by who answered them, over the drill's time, with a line for each event. */
export function drillChart(report: DrillReport): Html {
  const { perBin, binSeconds } = report;
  const colours = coloursOf(report);
  const bins = withoutGaps(perBin, binSeconds);
  const series = Object.entries(colours).map(([name, colour]): TimeSeries => ({
    ...{ name, colour },
    points: bins.map(({ atSeconds, outcomes }) => [atSeconds, outcomes[name] ?? 0]),
  }));
  const events = eventsOf(report).map(([text, ms]) => ({ text, at: ms / 1_000 }));
  const timeline = {
    axisName: 'emulated seconds after the beginning',
    begin: bins[0]?.atSeconds ?? 0,
    end: (bins.at(-1)?.atSeconds ?? 0) + binSeconds,
    events,
    plot: { kind: 'stacked', series },
  } as const;
  const chart = renderChart({
    id: 'requests',
    title: 'Requests in a real second, by who answered',
    description: events.map(({ text, at }) => `${text} at ${seconds(at * 1_000)}.`).join(' '),
    option: (size) => timelineOption(timeline, size),
    height: timelineHeight(timeline),
  });
  return html`<figure>
    <h2>Requests in a real second, by who answered</h2>
    ${colourLegend(colours)}${chart}
  </figure>`;
}

/** The colours of the outcomes that the report has. */
function coloursOf({ regions, perBin }: DrillReport): Readonly<Record<string, string>> {
  const present = new Set(perBin.flatMap(({ outcomes }) => Object.keys(outcomes)));
  const all = (['primary', 'secondary'] as const).flatMap((role) =>
    Object.entries(COLOURS[role]).map(([tier, colour]) => [`${regions[role]} ${tier}`, colour] as const),
  );
  return Object.fromEntries(
    [...all, [NO_ANSWER, 'var(--text)'] as const].filter(([who]) => present.has(who)),
  );
}

/** A bin without requests is not in the report: its level is 0. */
function withoutGaps(bins: readonly Bin[], width: number): readonly Bin[] {
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return [];
  const place = ({ atSeconds }: Bin) => Math.round((atSeconds - first.atSeconds) / width);
  const byPlace = new Map(bins.map((bin) => [place(bin), bin]));
  return Array.from(
    { length: place(last) + 1 },
    (_, index) => byPlace.get(index) ?? { atSeconds: first.atSeconds + index * width, outcomes: {} },
  );
}

function eventsOf({
  scenario,
  measurement,
  broughtBackAfterMs,
}: DrillReport): readonly (readonly [string, number])[] {
  const { detectedAfterMs, answerChangedAfterMs, movedAfterMs, returnedAfterMs } = measurement;
  const { begins, ends, moves } = SCENARIOS[scenario];
  const list: readonly (readonly [string, number | null])[] = [
    [begins, 0],
    ...(moves
      ? ([
          ['detected', detectedAfterMs],
          ['DNS answer changed', answerChangedAfterMs],
          ['client moved', movedAfterMs],
        ] as const)
      : []),
    [ends, broughtBackAfterMs],
    ['client returned', !moves || returnedAfterMs === null ? null : broughtBackAfterMs + returnedAfterMs],
  ];
  return list.flatMap(([text, ms]) => (ms === null ? [] : [[text, ms] as const]));
}
