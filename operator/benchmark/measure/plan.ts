import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { faultsText } from '../../command/files';
import { planSchema, type Inference, type Plan } from '../result/plan';

/** What a plan says of itself; `questions` are given apart. */
export type PlanSettings = Omit<z.input<typeof planSchema>, 'questions'>;

/**
 * The plan of a benchmark.
 * @throws Error naming each setting that is wrong, and why
 */
export function createPlan(settings: PlanSettings, questions: readonly BenchmarkQuestion[]): Plan {
  const parsed = planSchema.safeParse({
    ...settings,
    questions: { digest: questionsDigest(questions), ids: questions.map(({ id }) => id) },
  });
  if (parsed.success) return parsed.data;
  throw new Error(`This cannot be measured: ${faultsText(parsed.error.issues)}.`);
}

/** Settings under which a run may go on where another one stopped: they do not change what is measured. */
const MAY_DIFFER: readonly (keyof Plan)[] = ['maxCostUsd'];

/** @returns names of the settings by which two plans measure different things, e.g. `questions` */
export function differences(one: Plan, other: Plan): readonly string[] {
  return (Object.keys(planSchema.shape) as (keyof Plan)[]).filter(
    (key) => !MAY_DIFFER.includes(key) && JSON.stringify(one[key]) !== JSON.stringify(other[key]),
  );
}

/** A question as it is sent to every model. */
export interface BenchmarkQuestion {
  readonly id: string;
  /** Request type: `general`, `finance_deep`, ... */
  readonly type: string;
  readonly question: string;
  readonly system?: string | undefined;
  readonly maxTokens: number;
  /** Whether the question names its tokens itself; else they are its rule's. */
  readonly isOwnLimit?: boolean;
}

/** A question as a model is sent it: the model's own tokens stand in place of the rule's, not of the question's. */
export const forModel = (question: BenchmarkQuestion, inference: Inference | undefined): BenchmarkQuestion =>
  inference?.maxTokens === undefined || question.isOwnLimit
    ? question
    : { ...question, maxTokens: inference.maxTokens };

/** @returns SHA-256, in hex, of all that is sent for the questions, and of their order */
function questionsDigest(questions: readonly BenchmarkQuestion[]): string {
  const sent = questions.map(({ id, type, question, system, maxTokens }) => [
    id,
    type,
    question,
    system ?? null,
    maxTokens,
  ]);
  return createHash('sha256').update(JSON.stringify(sent)).digest('hex');
}
