import { join } from 'node:path';
import type { ModelConfig } from '../../../contract/model-config';
import { CommandError, describeError } from '../../command/errors';
import { readText } from '../../command/files';
import { usd } from '../figures/format';
import { readJournal, type JournalContent, type JournalFile } from '../measure/journal';
import { createPlan, type BenchmarkQuestion } from '../measure/plan';
import { readPriceFile, pricesUsed } from '../measure/prices';
import { asServed, inferenceAsServed } from '../questions/as-served';
import type { Question } from '../questions/read-questions';
import type { Plan } from '../result/plan';
import type { PricesUsed } from '../result/result';
import type { RunOptions } from './options';

/** What is to be measured. */
export interface PlannedRun {
  readonly plan: Plan;
  readonly prices: PricesUsed;
  /** As they are sent. */
  readonly questions: readonly BenchmarkQuestion[];
  readonly journal: JournalFile;
  /** Path of the results, without an extension. */
  readonly name: string;
}

const APIS = {
  converse: ['converse'],
  stream: ['converse-stream'],
  both: ['converse', 'converse-stream'],
} as const satisfies Readonly<Record<RunOptions['api'], readonly Plan['apis'][number][]>>;

const JOURNAL = '.journal.jsonl';

/** @throws Error naming each option that is wrong */
export function planRun(
  options: RunOptions,
  asked: readonly Question[],
  { regions, modelConfig }: { readonly regions: readonly string[]; readonly modelConfig: ModelConfig },
): PlannedRun {
  const { models = [], api, runs, concurrency, warmup, seed, rate, modelRate, maxCost, timeout } = options;
  const questions = asServed(asked, modelConfig);
  const plan = createPlan(
    {
      ...{
        models: [...models],
        regions: [...regions],
        apis: [...APIS[api]],
        runs,
        concurrency,
        warmup,
        seed,
      },
      inference: inferenceAsServed(models, modelConfig),
      rate: { total: rate ?? null, perModel: modelRate ?? null },
      maxCostUsd: maxCost ?? null,
      deadlineMs: Math.round(timeout * 1_000),
    },
    questions,
  );
  const name = join(options.out, `benchmark-${new Date().toISOString().replace(/[:.]/g, '-')}`);
  return {
    ...{ plan, questions, name, prices: pricesUsed(models, readPriceFile(), options.price) },
    journal: { file: `${name}${JOURNAL}`, resume: false },
  };
}

/**
 * The run of a journal, with its own plan and prices; only the cap may be another one.
 * @throws Error where more than the cap has been spent already
 */
export function planResumedRun(
  { file, header, spend }: Begun,
  { maxCost }: Pick<RunOptions, 'maxCost'>,
  asked: readonly Question[],
  modelConfig: ModelConfig,
): PlannedRun {
  const questions = asServed(asked, modelConfig);
  const { questions: _, ...settings } = header.plan;
  const plan = createPlan({ ...settings, maxCostUsd: maxCost ?? settings.maxCostUsd }, questions);
  if (plan.maxCostUsd !== null && spend.spentUsd >= plan.maxCostUsd) {
    throw new Error(
      `This run has spent ${usd(spend.spentUsd)} already: give a --max-cost above that to go on.`,
    );
  }
  const name = file.endsWith(JOURNAL) ? file.slice(0, -JOURNAL.length) : file;
  return { plan, prices: header.prices, questions, name, journal: { file, resume: true } };
}

/** A run to go on with. */
type Begun = JournalContent & Pick<JournalFile, 'file'>;

/** @throws Error where the journal cannot be read */
export function readBegun(file: string): Begun {
  const advice = `Name the ${JOURNAL} file of the run.`;
  const text = readText(file, advice);
  try {
    return { file, ...readJournal(text) };
  } catch (error) {
    throw new CommandError(`${file}: ${describeError(error)} ${advice}`);
  }
}
