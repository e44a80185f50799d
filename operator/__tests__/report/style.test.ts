import { INK, SERIES, seriesStyle, type Colour } from '../../report/style';

/** Relative luminance of an sRGB colour `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (lighter + 0.05) / (darker + 0.05);
}

const modes = ['light', 'dark'] as const satisfies readonly (keyof Colour)[];

describe.each(modes)('in %s mode', (mode) => {
  it.each(['text', 'muted', 'warning', 'good'] as const)('%s can be read', (name) => {
    expect(contrast(INK[name][mode], INK.background[mode])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SERIES.map((colour, index) => [index, colour] as const))('series %s can be seen', (_, colour) => {
    expect(contrast(colour[mode], INK.background[mode])).toBeGreaterThanOrEqual(3);
  });
});

it('tells 18 models apart by colour and dashes', () => {
  const styles = Array.from({ length: 18 }, (_, index) => seriesStyle(index));
  expect(new Set(styles.map(({ colour, dash }) => `${colour} ${dash}`)).size).toBe(18);
});
