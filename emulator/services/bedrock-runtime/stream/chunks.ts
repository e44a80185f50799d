import { cut } from '../cut';
import { CHARACTERS_PER_TOKEN, estimateTokens } from '../tokens';

/** A part of a text, sent as one event. */
export interface Chunk {
  readonly text: string;
  /** tokens of the text up to and with this part */
  readonly tokens: number;
}

/**
 * Splits a text into its first token and then parts of `tokensPerChunk` tokens; none for an empty one. No part ends
 * within a surrogate pair, since half of one has no place in UTF-8.
 * @param tokensPerChunk a whole number, 1 or more
 */
export function chunksOf(text: string, tokensPerChunk: number): Chunk[] {
  const chunks: Chunk[] = [];
  const all = estimateTokens(text);
  for (let start = 0, tokens = 1; start < text.length; tokens += tokensPerChunk) {
    const end = cut(text, tokens * CHARACTERS_PER_TOKEN).length;
    chunks.push({ text: text.slice(start, end), tokens: Math.min(tokens, all) });
    start = end;
  }
  return chunks;
}
