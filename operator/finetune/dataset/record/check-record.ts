import type { DatasetFormat } from '../../../../contract/tunable-models';
import type { Problem } from '../problem';
import { MAX_CHARACTERS_PER_TOKEN } from '../record-counts';
import { looksLikeConversation, readConversation } from './conversation';
import { Findings, readObject, readText, typeName } from './fields';

/**
 * On these, anywhere in a text, in this spelling, a customization job of a Nova model fails. Source: Nova user
 * guide, "Preparing data for fine-tuning Understanding models"; the upper-case spellings and `Thought:` are those
 * of the dataset validation that it refers to.
 */
export const RESERVED_WORDS = [
  'User:',
  'USER:',
  'Bot:',
  'BOT:',
  'Assistant:',
  'ASSISTANT:',
  'System:',
  'SYSTEM:',
  'Thought:',
  '<image>',
  '<video>',
  '[EOS]',
] as const;

/** One pass over a text tells that it has none, as nearly all have. */
const ANY = new RegExp(RESERVED_WORDS.map((word) => word.replace(/[[\]]/g, '\\$&')).join('|'));

export function reportReservedWords(text: string, path: string, findings: Findings): void {
  if (!ANY.test(text)) return;
  for (const word of RESERVED_WORDS) {
    if (text.includes(word)) findings.add('reserved-word', path, `has the reserved word ${word}`);
  }
}

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

export interface RecordRules {
  readonly format: DatasetFormat;
  /** Tokens that a record may have; undefined where no base model says. */
  readonly maxTokens: number | undefined;
}

export interface CheckedRecord {
  readonly problems: readonly Problem[];
  /** UTF-16 code units of its texts. */
  readonly characters: number;
  /** Equal for records that train the same. */
  readonly trainedContent: string;
}

/**
 * @param value a line's JSON
 * @param line the line's number, for the problems
 */
export function checkRecord(value: unknown, { format, maxTokens }: RecordRules, line = 1): CheckedRecord {
  const findings = new Findings(line);
  const detected = detectFormat(value);
  if (detected !== undefined && detected !== format)
    findings.add('other-format', '$', `is of format ${detected}`);
  else if (format === 'conversation') readConversation(value, findings);
  else readPromptCompletion(value, findings);
  const { characters } = findings;
  if (maxTokens !== undefined && characters > maxTokens * MAX_CHARACTERS_PER_TOKEN) {
    const allowed = `${maxTokens * MAX_CHARACTERS_PER_TOKEN} (${maxTokens} tokens of ${MAX_CHARACTERS_PER_TOKEN})`;
    findings.add('record-too-long', '$', `has ${characters} characters; the base model takes ${allowed}`);
  }
  return { problems: findings.problems, characters, trainedContent: findings.trainedContent };
}

/** The format that a record is in, right or wrong; undefined where it looks like neither. */
export function detectFormat(value: unknown): DatasetFormat | undefined {
  if (looksLikeConversation(value)) return 'conversation';
  return looksLikePromptCompletion(value) ? 'prompt-completion' : undefined;
}
