import type { Spread } from '@assistant/operator/report';

export const ratio = (value: number): string => `${value.toFixed(2)}x`;

/** Two digits where they say something. */
export const decimal = (value: number): string => value.toFixed(Math.abs(value) < 100 ? 2 : 0);

export const milliseconds = (value: number): string => `${value.toFixed(Math.abs(value) < 100 ? 1 : 0)} ms`;

export const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;

/** `median [min-max]` */
export const spread = ({ median, min, max }: Spread, format = decimal): string =>
  `${format(median)} [${format(min)} – ${format(max)}]`;

export const ratioSpread = (value: Spread): string => spread(value, ratio);
