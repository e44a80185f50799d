/** A position on an axis, in pixels. */
export type Scale = (value: number) => number;

/** @returns a scale from `[0, max]` to pixels */
export const linear =
  (max: number, from: number, to: number): Scale =>
  (value) =>
    from + (value / max) * (to - from);

/** @returns a scale from `[min, max]`, both above 0, to pixels; what lies beyond is drawn at the edge */
export const logarithmic =
  (min: number, max: number, from: number, to: number): Scale =>
  (value) =>
    from + (Math.log(Math.min(Math.max(value, min), max) / min) / Math.log(max / min)) * (to - from);

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Whatever is not listed is passed on as it stands. */
type Attributes = Readonly<Record<string, string | number>>;

/** An SVG element; pixels are rounded to a tenth. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeHtml(typeof value === 'number' ? round(value) : value)}"`,
  );
  return `<${name}${list.join('')}>${content}</${name}>`;
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

export const label = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escapeHtml(text));

export const line = (x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string =>
  element('line', { x1, y1, x2, y2, stroke: '#d0d0d0', ...attributes });

export const polyline = (points: readonly (readonly [number, number])[], stroke: string): string =>
  element('polyline', {
    points: points.map(([x, y]) => `${round(x)},${round(y)}`).join(' '),
    fill: 'none',
    stroke,
    'stroke-width': 1.6,
  });

export const svg = (width: number, height: number, parts: readonly string[]): string =>
  element('svg', { viewBox: `0 0 ${width} ${height}`, width, height, 'font-size': 11 }, parts.join('\n'));

/** A square and a name for each colour, in one line. */
export const legend = (entries: Readonly<Record<string, string>>, x: number, y: number): string =>
  Object.entries(entries)
    .map(([name, fill], index) => {
      const left = x + index * 130;
      return element('rect', { x: left, y: y - 9, width: 10, height: 10, fill }) + label(left + 14, y, name);
    })
    .join('');

/** @returns round numbers from 0 to at most `max`, about five of them */
export function ticks(max: number): readonly number[] {
  const rough = max / 5;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, index) => index * step);
}
