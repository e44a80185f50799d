import type { Findings } from './fields';

/**
 * In this spelling, anywhere in a prompt, a job fails on them: Nova user guide, "Preparing data for fine-tuning
 * Understanding models". It does not speak of answers; AWS's dataset validators refuse them in every text.
 */
export const RESERVED_WORDS = [
  'User:',
  'Bot:',
  'Assistant:',
  'System:',
  '<image>',
  '<video>',
  '[EOS]',
] as const;

/**
 * What one of AWS's two validators in amazon-nova-samples refuses beyond the guide: `Thought:`, `<unk>`, and, in
 * `nova_dataset_validator.py`, any of them in any case.
 */
const REFUSED = /(?:user|bot|assistant|system|thought):|<(?:image|video|unk)>|\[eos\]/gi;

/** A character that each of them has tells quickly that a text has none. */
const PERHAPS = /[:<[]/;

export function reportReservedWords(text: string, path: string, findings: Findings): void {
  if (!PERHAPS.test(text)) return;
  for (const word of new Set(text.match(REFUSED))) {
    const isDocumented = (RESERVED_WORDS as readonly string[]).includes(word);
    findings.add(
      isDocumented ? 'reserved-word' : 'reserved-by-validator',
      path,
      `has the reserved word ${word}`,
    );
  }
}
