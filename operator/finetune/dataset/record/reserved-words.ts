import type { Findings } from './findings';

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
