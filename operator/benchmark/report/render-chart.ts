import { init, type EChartsOption } from 'echarts';
import { html, Html } from './html';

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
