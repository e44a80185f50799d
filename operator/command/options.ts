import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { RESULTS } from './project';

export const outOption = (description: string): Option =>
  new Option('--out <folder>', description).default(RESULTS, 'results');

/** @param shown the default's name in the help, which says nothing of this machine */
export const inOption = (description: string, byDefault: string, shown: string): Option =>
  inNewOption(description, byDefault, shown).argParser(existing('folder'));

/** As `inOption`, of a folder that need not be there yet. */
export const inNewOption = (description: string, byDefault: string, shown: string): Option =>
  new Option('--in <folder>', description).default(byDefault, shown);

/** @returns a parser of the name of what has to be there, for commander */
export const existing =
  (kind: 'file' | 'folder') =>
  (path: string): string => {
    if (!existsSync(path)) throw new InvalidArgumentError(`There is no such ${kind}.`);
    if (isFolder(path) === (kind === 'folder')) return path;
    throw new InvalidArgumentError(`It is no ${kind}.`);
  };

/** Parses the name of a file that is written at the end: what it takes is looked for at the beginning. */
export function fileToWrite(file: string): string {
  const folder = dirname(resolve(file));
  if (!isFolder(folder)) throw new InvalidArgumentError(`There is no folder ${folder}.`);
  if (isFolder(file)) throw new InvalidArgumentError('It is a folder.');
  return file;
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

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

/** @returns a parser of whole numbers in a range, for commander */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

/** @returns a parser of numbers above 0, at most `most`, for commander */
export const positive =
  (most = Infinity) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() !== '' && number > 0 && number <= most && Number.isFinite(number)) return number;
    throw new InvalidArgumentError(
      `It must be a number above 0${most === Infinity ? '' : `, at most ${most}`}.`,
    );
  };

export function share(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

/** @returns names between commas, without those that stand twice */
export function names(text: string): readonly string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.includes('')) throw new InvalidArgumentError('It must be names, separated by commas.');
  return [...new Set(list)];
}
