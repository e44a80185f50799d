import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names the file of `environments/` that is laid over the configuration. */
export const ENVIRONMENT_VARIABLE = 'ASSISTANT_ENVIRONMENT';

/** @returns undefined where none is asked for */
export function askedEnvironment({ [ENVIRONMENT_VARIABLE]: name }: NodeJS.ProcessEnv): string | undefined {
  return name === '' ? undefined : name;
}

const FOLDER = 'environments';
const ENDING = '.json';

export const environmentFile = (name: string): string => join(FOLDER, `${name}${ENDING}`);

/** @param project the folder of cdktf.json */
export function environmentNames(project: string): readonly string[] {
  const folder = join(project, FOLDER);
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return files.filter((file) => file.endsWith(ENDING)).map((file) => file.slice(0, -ENDING.length));
}

/**
 * Objects are merged key by key; a list, as any other value, takes the other's place whole; null takes a key away.
 * The project carries the environment's name, and with it all that is named, so that several are side by side in an
 * account.
 */
export function layOver(base: unknown, over: unknown, name: string): unknown {
  const merged = merge(base, over);
  if (!isObject(merged)) return merged;
  const { project } = merged;
  return {
    ...merged,
    ...(typeof project === 'string' && { project: `${project}-${name}` }),
    environment: name,
  };
}

function merge(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const kept = Object.entries(base).filter(([key]) => !Object.hasOwn(over, key));
  const laid = Object.entries(over)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [key, merge(valueAt(base, [key]), value)]);
  return Object.fromEntries([...kept, ...(laid as [string, unknown][])]);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns undefined where there is no such key */
export const valueAt = (root: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (parent, step) =>
      typeof parent === 'object' && parent !== null && Object.hasOwn(parent, step)
        ? (parent as Record<string, unknown>)[step]
        : undefined,
    root,
  );
