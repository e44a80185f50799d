import { InvalidArgumentError } from 'commander';

/** Parses `key=value` of an option that may be given repeatedly. */
export function keyValue(
  value: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = value.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be key=value.');
  return { ...before, [value.slice(0, at)]: value.slice(at + 1) };
}

/** Parses a whole number of at least 1. */
export function positiveWhole(value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}
