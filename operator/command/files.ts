import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { core } from 'zod';
import { faultText } from '../../constructs/config/problem-of';
import { CommandError } from './errors';

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by you',
};

/** @param advice what to name instead, as a sentence */
export function unreadable(file: string, error: unknown, advice: string): CommandError {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return new CommandError(`${file} ${UNREADABLE[code] ?? `cannot be read (${code})`}. ${advice}`);
}

/**
 * @param file 0 is standard input
 * @throws CommandError
 */
export function readText(file: string | 0, advice: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file === 0 ? 'Standard input' : file, error, advice);
  }
}

/** As it is typed here: what lies elsewhere, from the root. */
export function shownPath(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere.startsWith('..') || isAbsolute(fromHere) ? resolve(file) : fromHere;
}

/**
 * Makes a folder, and those above it. Not by mkdir's own recursion, which in Node never ends where a folder that is there
 * takes no other, as in /proc.
 * @throws CommandError where nothing can be written
 */
export function makeFolder(folder: string, mode = 0o777): void {
  const path = resolve(folder);
  try {
    if (!existsSync(dirname(path))) makeFolder(dirname(path), mode);
    if (!existsSync(path)) mkdirSync(path, mode);
    accessSync(`${path}/`, constants.W_OK);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new CommandError(`Nothing can be written in ${path} (${code}). Name another folder.`);
  }
}

interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | Failed;
}

interface Failed {
  readonly success: false;
  readonly error: { readonly issues: readonly core.$ZodIssue[] };
}

/**
 * Reads a JSON file that an operator has named.
 * @param what it has to be, e.g. `ModelConfig`
 * @throws CommandError in one line, which quotes nothing of the file: it may hold customers' text
 */
export function readJson<T>(
  file: string,
  schema: Schema<T>,
  { what, advice }: { readonly what: string; readonly advice: string },
): T {
  const text = readText(file, advice);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CommandError(`${file} is not JSON. ${advice}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CommandError(`${file} is no ${what}: ${faultsText(parsed.error.issues)}. ${advice}`);
}

/** More than these say no more. */
const FAULTS = 3;

/** @returns e.g. `default.maxTokens is too large, more than 8192` */
export function faultsText(issues: readonly core.$ZodIssue[]): string {
  const told = issues.slice(0, FAULTS).map(faultText).join('; ');
  return issues.length > FAULTS ? `${told}; and ${issues.length - FAULTS} more` : told;
}
