import { createHash } from 'node:crypto';

/** A question as it is sent to every model. */
export interface BenchmarkQuestion {
  readonly id: string;
  /** Request type: `general`, `finance_deep`, ... */
  readonly type: string;
  readonly question: string;
  readonly system?: string | undefined;
  readonly maxTokens: number;
}

/** @returns SHA-256, in hex, of all that is sent for the questions, and of their order */
export function questionsDigest(questions: readonly BenchmarkQuestion[]): string {
  const sent = questions.map(({ id, type, question, system, maxTokens }) => [
    id,
    type,
    question,
    system ?? null,
    maxTokens,
  ]);
  return createHash('sha256').update(JSON.stringify(sent)).digest('hex');
}
