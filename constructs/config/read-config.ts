import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type * as z from 'zod';
import { assistantConfigSchema, type AssistantConfig } from './assistant-config';
import {
  askedEnvironment,
  ENVIRONMENT_VARIABLE,
  environmentFile,
  environmentNames,
  layOver,
  valueAt,
} from './environment';

/** A value of the configuration is missing or wrong; the message names key, value and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What the configuration is made of, not yet checked. */
export interface Layers {
  /** Where the base was read: `cdktf.json`, or the variable by which the CDKTF CLI passes its context on. */
  readonly from: string;
  readonly base: unknown;
  /** What ASSISTANT_ENVIRONMENT lays over it. */
  readonly environment?: { readonly name: string; readonly file: string; readonly value: unknown };
  readonly assistant: unknown;
}

/**
 * Reads the context that the CDKTF CLI passes on, or cdktf.json itself where the app is started without the CLI, and
 * lays the environment over it that ASSISTANT_ENVIRONMENT names.
 * @throws ConfigError
 */
export function readConfig(environment = process.env, file = 'cdktf.json'): AssistantConfig {
  return configOf(readLayers(environment, file));
}

/** @throws ConfigError */
export function configOf({ base, environment, assistant }: Layers): AssistantConfig {
  const config = parseConfig(assistant, environment);
  const names = (from: unknown, role: keyof AssistantConfig['domain']) => valueAt(from, ['domain', role]);
  const shared = (['failover', 'primary', 'secondary'] as const).filter(
    (role) => environment && names(base, role) === config.domain[role],
  );
  if (environment === undefined || shared.length === 0) return config;
  // Two of them would take the record of one name from each other.
  throw new ConfigError(
    [
      `${environment.file} is not valid:`,
      ...shared.map(
        (role) => `domain.${role} is left out, or that of cdktf.json; allowed: a name of its own`,
      ),
    ].join('\n  '),
  );
}

/** @throws ConfigError where a file cannot be read */
export function readLayers(environment = process.env, file = 'cdktf.json'): Layers {
  const { CDKTF_CONTEXT_JSON: passedOn } = environment;
  const name = askedEnvironment(environment);
  const context =
    passedOn === undefined
      ? valueAt(readJson(file, 'Run it in the project’s folder.'), ['context'])
      : parseJson(passedOn, 'CDKTF_CONTEXT_JSON');
  const base = valueAt(context, ['assistant']);
  const from = passedOn === undefined ? basename(file) : 'CDKTF_CONTEXT_JSON';
  // A command that has laid it over passes the whole on.
  if (name === undefined || name === valueAt(base, ['environment'])) return { from, base, assistant: base };
  const known = environmentNames(dirname(file));
  const path = join(dirname(file), environmentFile(name));
  if (!known.includes(name)) {
    throw new ConfigError(
      `${ENVIRONMENT_VARIABLE} is ${JSON.stringify(name)}, and there is no ${environmentFile(name)}; there are ${known.join(', ') || 'none'}.`,
    );
  }
  const value = readJson(path, 'It has what differs from context.assistant in cdktf.json.');
  return {
    from,
    base,
    environment: { name, file: environmentFile(name), value },
    assistant: layOver(base, value, name),
  };
}

function readJson(file: string, advice: string): unknown {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}). ${advice}`,
    );
  }
  return parseJson(text, file);
}

function parseJson(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${from} is not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
}

/**
 * @param over what of the value comes from an environment's file, which a fault then names
 * @throws ConfigError with a line for each key at fault
 */
export function parseConfig(value: unknown, over?: Layers['environment']): AssistantConfig {
  const parsed = assistantConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) => describe(issue, value));
  // The first fault of a key says what is allowed; more of them would say it again.
  const byKey = new Map(faults.reverse());
  const isOver = (key: string) => over !== undefined && valueAt(over.value, key.split('.')) !== undefined;
  throw new ConfigError(
    [
      `The configuration (context.assistant in cdktf.json${over === undefined ? '' : `, ${over.file} laid over it`}) is not valid:`,
      ...[...byKey].reverse().map(([key, text]) => (isOver(key) ? `${over?.file ?? ''}: ${text}` : text)),
    ].join('\n  '),
  );
}

/** @returns each key at fault with what to say of it; an issue's message is what is allowed there */
function describe(issue: z.core.$ZodIssue, root: unknown): readonly (readonly [key: string, text: string])[] {
  const path = issue.path.map(String);
  // Not of a key: it says all itself.
  if (issue.code === 'custom' && path.length === 0) return [[issue.message, issue.message]];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) => {
      const key = [...path, /^[\w-]+$/.test(unknown) ? unknown : JSON.stringify(unknown)].join('.');
      return [key, `${key} is unknown; allowed: ${issue.message}`] as const;
    });
  }
  const key = path.join('.') || 'assistant';
  return [[key, `${key} ${found(valueAt(root, path))}; allowed: ${issue.message}`]];
}

/** Enough to recognise the value by. */
const SHOWN_CHARACTERS = 200;

function found(value: unknown): string {
  if (value === undefined) return 'is missing';
  const json = JSON.stringify(value);
  return `is ${json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}…` : json}`;
}
