import type { DatasetFormat } from '../../../../contract/tunable-models';
import type { Problem } from '../problem';
import { MAX_CHARACTERS_PER_TOKEN } from '../record-limits';
import { looksLikeConversation, readConversation } from './conversation';
import { Findings } from './findings';
import { looksLikePromptCompletion, readPromptCompletion } from './prompt-completion';

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
