/** A colour in light and in dark mode. */
export interface Colour {
  readonly light: string;
  readonly dark: string;
}

/** By the name of its CSS custom property. Text has a contrast of 4.5 or more on the background, marks of 3 (WCAG 2.2). */
export const INK = {
  background: { light: '#ffffff', dark: '#15181d' },
  text: { light: '#1b1f24', dark: '#e8eaed' },
  muted: { light: '#57606a', dark: '#a5adb8' },
  grid: { light: '#dde1e6', dark: '#343a43' },
  warning: { light: '#9a3412', dark: '#fdba74' },
  good: { light: '#116329', dark: '#7ee2a8' },
} as const satisfies Readonly<Record<string, Colour>>;

/**
 * For models. After Okabe and Ito (Color Universal Design, 2008), which people with any colour vision can tell apart,
 * darkened or lightened where the background asks for it.
 */
export const SERIES: readonly Colour[] = [
  { light: '#0072b2', dark: '#56b4e9' },
  { light: '#c65400', dark: '#ff9a4d' },
  { light: '#007a57', dark: '#2cc79b' },
  { light: '#a8508a', dark: '#e59ac9' },
  { light: '#7d6200', dark: '#e8cf3c' },
  { light: '#444b54', dark: '#c9ced6' },
];

/** Colour is never alone: each model has its symbol (an SVG path in a square of 10), and its dashes. */
const SYMBOLS = [
  'M5 0A5 5 0 1 1 5 10A5 5 0 1 1 5 0Z',
  'M5 0L10 9.5L0 9.5Z',
  'M0.5 0.5L9.5 0.5L9.5 9.5L0.5 9.5Z',
  'M5 -1L11 5L5 11L-1 5Z',
  'M0 0.5L10 0.5L5 10Z',
  'M3.5 0L6.5 0L6.5 3.5L10 3.5L10 6.5L6.5 6.5L6.5 10L3.5 10L3.5 6.5L0 6.5L0 3.5L3.5 3.5Z',
] as const;
const DASHES = ['solid', 'dashed', 'dotted'] as const;

export interface SeriesStyle {
  /** A CSS value. */
  readonly colour: string;
  readonly symbol: string;
  readonly dash: (typeof DASHES)[number];
}

/** @param index of the model in the plan */
export function seriesStyle(index: number): SeriesStyle {
  const place = index % SERIES.length;
  return {
    colour: `var(--series-${place + 1})`,
    symbol: SYMBOLS[place] ?? SYMBOLS[0],
    dash: DASHES[Math.floor(index / SERIES.length + place) % DASHES.length] ?? 'solid',
  };
}

/** @returns declarations of all custom properties, for one mode */
export const customProperties = (mode: keyof Colour): string =>
  [
    ...Object.entries(INK).map(([name, colour]) => `--${name}: ${colour[mode]};`),
    ...SERIES.map((colour, index) => `--series-${index + 1}: ${colour[mode]};`),
  ].join(' ');

/** Narrower than this, charts that were drawn for a phone replace the wide ones. */
const PHONE = '(max-width: 700px)';

/** The one stylesheet of all reports. */
export const STYLE = `
:root { color-scheme: light dark; ${customProperties('light')} }
@media (prefers-color-scheme: dark) { :root { ${customProperties('dark')} } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 60rem; background: var(--background); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .5rem 0; max-width: 46rem; }
.verdict { margin: 1rem 0; padding: .75rem 1rem; border: 1px solid var(--grid); border-left: 4px solid var(--muted); }
.verdict p { font-size: 1.125rem; font-weight: 600; margin: 0; }
.verdict.good { border-left-color: var(--good); } .verdict.good p { color: var(--good); }
.verdict.bad { border-left-color: var(--warning); } .verdict.bad p, .missed { color: var(--warning); }
.verdict ul { margin: .5rem 0 0; padding-left: 1.25rem; }
.muted, figcaption { color: var(--muted); font-size: .875rem; }
.warning { color: var(--warning); }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .15rem 1rem; margin: 1rem 0; }
dt { color: var(--muted); } dd { margin: 0; }
figure { margin: 1rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
.narrow { display: none; }
@media ${PHONE} { .wide { display: none; } .narrow { display: block; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin: 0 0 .5rem; } }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .5rem 0; padding: 0;
  font-size: .875rem; }
.legend li { display: flex; align-items: baseline; gap: .4rem; }
.legend svg { flex: none; }
.scroll { overflow-x: auto; margin: 1.5rem 0; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--series-1); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--grid);
  overflow-wrap: normal; }
th { font-weight: 600; }
caption span { position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 2rem); }
thead th { white-space: pre; }
tbody th { font-weight: 400; white-space: nowrap; }
th.long { min-width: 13rem; white-space: normal; }
.wrapped th.long { min-width: 0; }
td.missed { font-weight: 600; }
td { white-space: nowrap; }
.wrapped td { white-space: normal; }
td .interval { display: block; color: var(--muted); font-size: .8125rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--grid); font-size: .8125rem; white-space: pre-wrap; }
@media print { .scroll { overflow: visible; } }
`;
