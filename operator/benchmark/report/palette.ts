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
