import type { Size } from '../render-chart';

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

/** @returns the least of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten that is not below */
export function roundedUp(amount: number): number {
  if (!(amount > 0)) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(amount));
  const factors = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  return (factors.find((factor) => factor * magnitude >= amount * (1 - 1e-9)) ?? 10) * magnitude;
}
