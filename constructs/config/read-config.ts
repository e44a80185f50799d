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
  const context = environment.CDKTF_CONTEXT_JSON ?? JSON.stringify(readContext(file));
  return parseConfig((JSON.parse(context) as { assistant?: unknown }).assistant);
}

function readContext(file: string): unknown {
  return (JSON.parse(readFileSync(file, 'utf8')) as { context?: unknown }).context ?? {};
}

/** @throws ConfigError with a line for each value at fault */
export function parseConfig(value: unknown): AssistantConfig {
  const parsed = assistantConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => describe(issue, value));
  throw new ConfigError(
    `The configuration (context.assistant in cdktf.json) is not valid:\n${faults.join('\n')}`,
  );
}

function describe(issue: z.core.$ZodIssue, root: unknown): string {
  const key = issue.path.map(String).join('.') || 'assistant';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((unknown) => `  ${[...issue.path, unknown].join('.')}: there is no such key`)
      .join('\n');
  }
  const value = issue.path.reduce<unknown>(
    (parent, step) => (parent as Record<PropertyKey, unknown> | undefined)?.[step],
    root,
  );
  const found = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
  return `  ${key} ${found}; allowed: ${issue.message}`;
}
