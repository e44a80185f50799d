import type { ContentKind, DatasetFormat } from '../../../../contract/tunable-models';
import type { Problem } from '../problem';
import { readConversation } from './conversation';
import { Findings, readObject, readText } from './fields';
import { FOREIGN, formatOf } from './formats';

const FIELDS = ['prompt', 'completion'] as const;

/** `{prompt, completion}` */
function readPromptCompletion(value: unknown, findings: Findings): void {
  const record = readObject(value, '$', FIELDS, findings);
  if (!record) return;
  for (const field of FIELDS) {
    const text = readText(record[field], field, findings);
    if (text !== undefined) findings.addText(field, text, field);
  }
}

export interface RecordRules {
  readonly format: DatasetFormat;
  /** What a conversation may hold beside text. */
  readonly takes: readonly ContentKind[];
  /** Tokens and characters that a record may have; undefined where no base model says. */
  readonly maxTokens: number | undefined;
  readonly maxCharacters?: number | undefined;
}

export interface CheckedRecord {
  readonly problems: readonly Problem[];
  /** UTF-8 bytes of its texts. */
  readonly textBytes: number;
  /** Equal for records that train the same. */
  readonly trainedContent: string;
}

/**
 * @param value a line's JSON
 * @param line the line's number, for the problems
 */
export function checkRecord(value: unknown, rules: RecordRules, line = 1): CheckedRecord {
  const { format, takes } = rules;
  const findings = new Findings(line);
  const found = formatOf(value) ?? format;
  if (found === 'conversation' || found === 'prompt-completion') {
    if (found !== format) findings.add('other-format', '$', `is of format ${found}`);
    else if (format === 'conversation') readConversation(value, takes, findings);
    else readPromptCompletion(value, findings);
  } else findings.add(found, FOREIGN[found].field, `is ${FOREIGN[found].name}`);
  const { problems, trainedContent, textBytes } = findings;
  reportLength(findings, textBytes, rules);
  return { problems, textBytes, trainedContent };
}

/** English text has about 4 bytes a token in tokenizers that are published, other scripts 2 to 4. */
export const BYTES_PER_TOKEN = 4;

/**
 * Runs of letters, and of digits. Published tokenizers of language models cut a text between words before they look
 * for tokens, so that each of these is one token at least; Nova's is not published. Punctuation may go with a word.
 */
const WORD = /[\p{L}\p{M}]+|\p{N}+/gu;

/**
 * A text's tokens are known to Bedrock alone. They are no more than its bytes, and no fewer than its words: what is
 * beyond a limit by that is an error, and what is beyond it by estimate a warning.
 */
function reportLength(findings: Findings, textBytes: number, rules: RecordRules): void {
  const { maxTokens, maxCharacters } = rules;
  const characters = findings.texts.reduce((sum, text) => sum + text.length, 0);
  if (maxCharacters !== undefined && characters > maxCharacters) {
    findings.add(
      'record-too-long',
      '$',
      `has ${characters} characters; the base model takes ${maxCharacters}`,
    );
    return;
  }
  if (maxTokens === undefined || textBytes <= maxTokens) return;
  const least = findings.texts.reduce((sum, text) => sum + (text.match(WORD)?.length ?? 0), 0);
  const estimate = Math.max(least, Math.ceil(textBytes / BYTES_PER_TOKEN));
  const limit = `the base model takes ${maxTokens}`;
  if (least > maxTokens) findings.add('record-too-long', '$', `has at least ${least} tokens; ${limit}`);
  else if (estimate > maxTokens)
    findings.add('perhaps-too-long', '$', `has about ${estimate} tokens by its ${textBytes} bytes; ${limit}`);
}
