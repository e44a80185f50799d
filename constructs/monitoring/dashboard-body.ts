/** What a graph shows of one region. */
export type Line = (of: { readonly region: string; readonly prefix: string }) => readonly unknown[];

interface Shown {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
  readonly label: string;
  /** @default left */
  readonly axis?: 'left' | 'right';
  /** @default that of the graph */
  readonly region?: string;
}

export const line =
  ({ namespace, metric, dimensions, label, stat, axis, region: itsOwn }: Shown): Line =>
  ({ region, prefix }) => [
    namespace,
    metric,
    ...Object.entries(dimensions).flat(),
    { region: itsOwn ?? region, stat, label: `${prefix}${label}`, ...(axis && { yAxis: axis }) },
  ];

/** What CloudWatch would call a line by itself; Terraform would take it for a reference of its own. */
const ITS_LABEL = '$${LABEL}';

/**
 * All there are of a metric with just these dimensions, each as a line that bears what it differs in: models come and
 * go, and a reason that did not occur has no line.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export const lines =
  (
    namespace: string,
    metric: string,
    dimensions: readonly string[],
    {
      label = '',
      where = {},
    }: { readonly label?: string; readonly where?: Readonly<Record<string, string>> } = {},
  ): Line =>
  ({ region, prefix }) => {
    const terms = Object.entries({ MetricName: metric, ...where }).map(
      ([name, value]) => `${name}="${value}"`,
    );
    const schema = [`"${namespace}"`, ...dimensions].join(',');
    const named = `${prefix}${label}${label && ' '}${ITS_LABEL}`;
    return [
      {
        region,
        label: named,
        expression: `SEARCH('{${schema}} ${terms.join(' ')}', 'Sum', ${PERIOD_SECONDS})`,
      },
    ];
  };

/** A question of whoever is on call, and the graph that answers it. */
export interface Panel {
  readonly question: string;
  readonly lines: readonly Line[];
  /** @default those of the dashboard, each with all lines */
  readonly regions?: readonly string[];
  /** Horizontal lines: what is to be kept below. */
  readonly limits?: readonly {
    readonly label: string;
    readonly value: number;
    readonly axis?: 'left' | 'right';
  }[];
  /** The most of the right axis, where it is known. */
  readonly rightMax?: number;
}

interface Dashboard {
  /** Markdown. */
  readonly text: string;
  readonly alarmArns: readonly string[];
  readonly regions: readonly string[];
  readonly panels: readonly Panel[];
}

/** That of the metrics: what an alarm sees is what the graph shows. */
const PERIOD_SECONDS = 60;

/** Of the 24 columns. */
const COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = { text: 2, panel: 6 } as const;

/** About as many alarms fit into a row of their widget. */
const ALARMS_IN_ROW = 6;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export function dashboardBody({ text: markdown, alarmArns, regions, panels }: Dashboard): string {
  const across = { x: 0, width: COLUMNS };
  const alarmsHeight = 1 + Math.ceil(alarmArns.length / ALARMS_IN_ROW);
  return JSON.stringify({
    start: '-PT3H',
    // Else a long time would be shown by longer periods, in which a share or a percentile is another.
    periodOverride: 'inherit',
    widgets: [
      { type: 'text', ...across, y: 0, height: HEIGHT.text, properties: { markdown } },
      {
        ...{ type: 'alarm', ...across, y: HEIGHT.text, height: alarmsHeight },
        properties: { title: 'What is wrong?', alarms: alarmArns },
      },
      ...panels.map((panel, index) => ({
        type: 'metric',
        x: (index * WIDTH) % COLUMNS,
        y: HEIGHT.text + alarmsHeight + Math.floor((index * WIDTH) / COLUMNS) * HEIGHT.panel,
        width: WIDTH,
        height: HEIGHT.panel,
        properties: graph(panel, panel.regions ?? regions),
      })),
    ],
  });
}

function graph({ question, lines: shown, limits = [], rightMax }: Panel, regions: readonly string[]) {
  const [first = ''] = regions;
  const isOne = regions.length === 1;
  return {
    title: question,
    view: 'timeSeries',
    region: first,
    period: PERIOD_SECONDS,
    metrics: regions.flatMap((region) =>
      shown.map((each) => each({ region, prefix: isOne ? '' : `${region} ` })),
    ),
    yAxis: {
      left: { min: 0, showUnits: false },
      right: { min: 0, showUnits: false, ...(rightMax !== undefined && { max: rightMax }) },
    },
    ...(limits.length > 0 && {
      annotations: {
        horizontal: limits.map(({ label, value, axis = 'left' }) => ({ label, value, yAxis: axis })),
      },
    }),
  };
}
