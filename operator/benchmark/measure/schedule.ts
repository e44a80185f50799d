import { randomFrom, shuffled } from '../../statistics/shuffle';
import type { Api, Plan } from '../result/plan';
import { forModel, type BenchmarkQuestion } from './plan';

/** One call to be made. */
export interface PlannedCall {
  readonly index: number;
  readonly warmup: boolean;
  readonly model: string;
  readonly region: string;
  readonly api: Api;
  readonly question: BenchmarkQuestion;
  /** Counting from 1. */
  readonly run: number;
}

interface Schedule {
  readonly warmups: readonly PlannedCall[];
  readonly measured: readonly PlannedCall[];
}

/** What is compared: every block of the schedule holds each of them once. */
type Variant = Pick<PlannedCall, 'model' | 'region' | 'api'>;

/**
 * The order of calls, by the plan's seed. It is a randomized block design: a block asks one question of every
 * model, in every region and by every API, in a random order, so that what drifts over time (the network, the load
 * of a region) favours none of them. Each run asks all questions once, in a random order.
 */
export function schedule(plan: Plan, questions: readonly BenchmarkQuestion[]): Schedule {
  const random = randomFrom(plan.seed);
  const variants: readonly Variant[] = plan.models.flatMap((model) =>
    plan.regions.flatMap((region) => plan.apis.map((api) => ({ model, region, api }))),
  );
  let index = 0;
  const block = (question: BenchmarkQuestion, run: number, warmup: boolean): readonly PlannedCall[] =>
    shuffled(variants, random).map((variant) => ({
      ...{ ...variant, index: index++, warmup, run },
      question: forModel(question, plan.inference[variant.model]),
    }));

  const warmups = Array.from({ length: plan.warmup }, (_, round) => {
    const question = questions[round % questions.length];
    return question === undefined ? [] : block(question, round + 1, true);
  }).flat();
  const measured = Array.from({ length: plan.runs }, (_, run) =>
    shuffled(questions, random).flatMap((question) => block(question, run + 1, false)),
  ).flat();
  return { warmups, measured };
}

/**
 * What is left of a schedule. Connections of a new process are cold: it warms up again what it still has to measure.
 * @param made calls of earlier parts of the run
 */
export function remaining(
  { warmups, measured }: Schedule,
  made: readonly { readonly index: number; readonly warmup: boolean }[],
): Schedule {
  const done = new Set(made.filter(({ warmup }) => !warmup).map(({ index }) => index));
  const due = measured.filter(({ index }) => !done.has(index));
  const key = ({ model, region, api }: Variant): string => JSON.stringify([model, region, api]);
  const cold = new Set(due.map(key));
  return { warmups: warmups.filter((call) => cold.has(key(call))), measured: due };
}
