import { readObject, readText, typeName } from './fields';
import type { Findings } from './findings';

const FIELDS = ['prompt', 'completion'] as const;

/** `{prompt, completion}` */
export function readPromptCompletion(value: unknown, findings: Findings): void {
  const record = readObject(value, '$', FIELDS, findings);
  if (!record) return;
  for (const field of FIELDS) {
    const text = readText(record[field], field, findings);
    if (text !== undefined) findings.addText(field, text);
  }
}

/** Whether a record looks like one, right or wrong. */
export function looksLikePromptCompletion(value: unknown): boolean {
  return typeName(value) === 'an object' && FIELDS.some((field) => field in (value as object));
}
