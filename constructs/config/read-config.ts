import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { assistantConfigSchema, type AssistantConfig } from './assistant-config';

/** A value of the configuration is missing or wrong; the message names key, value and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the context that the CDKTF CLI passes on, or cdktf.json itself where the app is started without the CLI.
 * @throws ConfigError
 */
export function readConfig(environment = process.env, file = 'cdktf.json'): AssistantConfig {
  const { CDKTF_CONTEXT_JSON: passedOn } = environment;
  const context = passedOn === undefined ? readContext(file) : parseJson(passedOn, 'CDKTF_CONTEXT_JSON');
  return parseConfig((context as { assistant?: unknown } | null | undefined)?.assistant);
}

function readContext(file: string): unknown {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}). Run it in the project's folder.`,
    );
  }
  return (parseJson(text, file) as { context?: unknown } | null)?.context;
}

function parseJson(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${from} is not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
}

/** @throws ConfigError with a line for each key at fault */
export function parseConfig(value: unknown): AssistantConfig {
  const parsed = assistantConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) => describe(issue, value));
  // The first fault of a key says what is allowed; more of them would say it again.
  const byKey = new Map(faults.reverse());
  throw new ConfigError(
    [
      'The configuration (context.assistant in cdktf.json) is not valid:',
      ...[...byKey.values()].reverse(),
    ].join('\n  '),
  );
}

/** @returns each key at fault with what to say of it; an issue's message is what is allowed there */
function describe(issue: z.core.$ZodIssue, root: unknown): readonly (readonly [key: string, text: string])[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) => {
      const key = [...path, unknown].join('.');
      return [key, `${key} is unknown; allowed: ${issue.message}`] as const;
    });
  }
  const key = path.join('.') || 'assistant';
  const value = path.reduce<unknown>(
    (parent, step) => (parent as Record<string, unknown> | undefined)?.[step],
    root,
  );
  return [[key, `${key} ${found(value)}; allowed: ${issue.message}`]];
}

/** Enough to recognise the value by. */
const SHOWN_CHARACTERS = 200;

function found(value: unknown): string {
  if (value === undefined) return 'is missing';
  const json = JSON.stringify(value);
  return `is ${json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}…` : json}`;
}
