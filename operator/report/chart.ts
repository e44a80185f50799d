import { init, type EChartsOption } from 'echarts';
import { html, Html } from './html';
import { seriesStyle, type SeriesStyle } from './style';

/** Pixels. Text keeps its size: a phone gets a drawing of its own, instead of a small one. */
const SIZES = { wide: { width: 720, height: 380 }, narrow: { width: 328, height: 340 } } as const;
export type Size = keyof typeof SIZES;

export interface Chart {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  /** What the picture shows, and what it says, for those who do not see it. */
  readonly title: string;
  readonly description: string;
  readonly option: (size: Size) => EChartsOption;
  /** By default that of the size. */
  readonly height?: number;
}

/** The chart drawn twice, of which the page's style shows one; it needs no script. */
export const renderChart = (chart: Chart): Html =>
  html`<div class="wide">${draw(chart, 'wide')}</div>
    <div class="narrow">${draw(chart, 'narrow')}</div>`;

function draw({ id, title, description, option, height }: Chart, size: Size): Html {
  const { width, height: usual } = SIZES[size];
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: height ?? usual });
  try {
    chart.setOption({ animation: false, ...option(size) });
    return accessible(chart.renderToSVGString(), { id: `${id}-${size}`, title, description });
  } finally {
    // Its clock would keep the process alive.
    chart.dispose();
  }
}

const OPENING = /^<svg ([^>]*)>/;
/** Rules for a pointer hovering over marks, which here does nothing; their class names collide between charts. */
const HOVER_RULES = /<style\s*>[\s\S]*?<\/style>| class="zr\d+-cls-\d+"/g;

function accessible(
  svg: string,
  { id, title, description }: Pick<Chart, 'id' | 'title' | 'description'>,
): Html {
  const [opening = '', attributes = ''] = OPENING.exec(svg) ?? [];
  const head = html`<title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>`;
  const labelled = `<svg ${attributes} role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc">`;
  return new Html(`${labelled}${head.markup}${svg.slice(opening.length).replace(HOVER_RULES, '')}`);
}

const FONT = { fontFamily: 'system-ui, sans-serif', fontSize: 12 };
const TEXT = { ...FONT, color: 'var(--muted)' };

/** What all charts share: colours that follow the page's mode, and room for labels. */
export const grid = (size: Size, left = 52) => ({
  left,
  right: size === 'wide' ? 24 : 16,
  top: 16,
  bottom: 48,
});

/** @param name with its unit */
export const axis = (name: string, extra: Readonly<Record<string, unknown>> = {}) => ({
  name,
  nameLocation: 'middle' as const,
  nameGap: 30,
  nameTextStyle: TEXT,
  axisLabel: { ...TEXT, hideOverlap: true },
  axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
  axisTick: { lineStyle: { color: 'var(--muted)' } },
  splitLine: { lineStyle: { color: 'var(--grid)' } },
  ...extra,
});

export const shareLabel = { ...TEXT, formatter: (share: number) => `${Math.round(share * 100)} %` };

/** An axis from 0 to a number from `roundedUp`, in equal steps that are round, too. */
export const upTo = (max: number) =>
  ({
    type: 'value',
    min: 0,
    max,
    interval: max / (PARTS.find((parts) => isRound(max / parts)) ?? 4),
  }) as const;

const PARTS = [5, 4, 6];
const isRound = (step: number): boolean =>
  [1, 2, 2.5, 3, 5, 10].some((factor) => Math.abs(step / 10 ** Math.floor(Math.log10(step)) - factor) < 1e-6);

/** @returns the least of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten that is not below */
export function roundedUp(amount: number): number {
  if (!(amount > 0)) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(amount));
  const factors = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  return (factors.find((factor) => factor * magnitude >= amount * (1 - 1e-9)) ?? 10) * magnitude;
}

const DASH_ARRAYS: Readonly<Record<SeriesStyle['dash'], string>> = {
  solid: 'none',
  dashed: '6 4',
  dotted: '2 3',
};

/** The models' colours, dashes and symbols: beside the charts, so that it wraps and can be read aloud. */
export const modelLegend = (models: readonly string[]): Html =>
  html`<ul class="legend">
    ${models.map((model, index) => html`<li>${swatch(seriesStyle(index))}${model}</li>`)}
  </ul>`;

const swatch = ({ colour, dash, symbol }: SeriesStyle): Html => html`
  <svg width="44" height="12" aria-hidden="true">
    <path d="M1 6H26" stroke="${colour}" stroke-width="3" stroke-dasharray="${DASH_ARRAYS[dash]}" />
    <path d="${symbol}" transform="translate(32 1)" fill="${colour}" />
  </svg>
`;

/** @param entries CSS colour by name */
export const colourLegend = (entries: Readonly<Record<string, string>>): Html =>
  html`<ul class="legend">
    ${Object.entries(entries).map(
      ([name, colour]) => html`
        <li>
          <svg width="14" height="12" aria-hidden="true">
            <rect y="1" width="12" height="11" fill="${colour}" />
          </svg>
          ${name}
        </li>
      `,
    )}
  </ul>`;
