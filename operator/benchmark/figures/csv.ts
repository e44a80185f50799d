import { METRICS } from '../compare/metrics';
import type { Figures } from './figures';

/**
 * The figures as CSV (RFC 4180): a row for each model, region, API and request type, and of each figure its value and
 * the ends of its 95 % interval. What is not known is empty.
 */
export function figuresCsv(figures: readonly Figures[]): string {
  const head = METRICS.flatMap(({ name, unit }) => [`${name} (${unit})`, `${name} lower`, `${name} upper`]);
  const rows = figures.map((row) => [
    ...[row.model, row.region, row.api, row.type ?? 'all', row.calls, row.answered],
    ...METRICS.flatMap(({ estimate }) => {
      const { value, interval } = estimate(row) ?? {};
      return [value, interval?.lower, interval?.upper];
    }),
  ]);
  return [['model', 'region', 'api', 'type', 'calls', 'answered', ...head], ...rows]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('');
}

function cell(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
