import { rmSync } from 'node:fs';
import { CommandError } from '../../command/errors';
import { confirm } from '../../command/interruption';
import type { Block } from '../../command/layout';
import { note } from '../../command/output';
import { progressDisplay, remainingText } from '../../command/progress';
import { systemClock } from '../measure/clock';
import { readPriceFile, pricesUsed } from '../measure/prices';
import type { JudgeOptions } from '../quality/judge';
import type { Plan } from '../result/plan';
import type { Price } from '../result/result';
import { chargedText, isPriced } from '../figures/format';
import { Benchmark, type Progress } from '../measure/benchmark';
import { BedrockCaller } from '../measure/caller/bedrock-caller';
import { estimate } from '../measure/spend/estimate';
import { unusableText } from '../measure/warnings';
import { assess } from '../quality/assess';
import { readQuestions, type Question } from '../questions/read-questions';
import type { JudgedResult } from '../result-file';
import { openTarget, type Target } from '../target';
import { readModelConfig } from '../../model-config/model-config-file';
import { estimateText } from './estimate-text';
import type { RunOptions } from './options';
import { planResumedRun, planRun, readBegun, type PlannedRun } from './plan-run';
import { reportMeasured } from './report-measured';

interface Measured {
  readonly result: JudgedResult;
  /** Path of the results, without an extension. */
  readonly name: string;
  readonly exitCode: number;
}

/**
 * Measures, judges, shows and writes.
 * @param signal aborted to stop with what has been measured
 * @throws Error where nothing was measured
 */
export async function measureCommand(
  options: RunOptions,
  tell: (...blocks: readonly Block[]) => void,
  signal: AbortSignal,
): Promise<Measured> {
  if (options.resume === undefined && options.models === undefined) {
    throw new CommandError('Name the models to measure: --models MODEL,MODEL (--help has examples).');
  }
  const asked = readQuestions(options.questions);
  const begun = options.resume === undefined ? undefined : readBegun(options.resume);
  const target = await findTarget(options, begun?.header.plan.regions.join(',') ?? options.region);
  const { modelConfig } = target;
  const run =
    begun === undefined
      ? planRun(options, asked, { regions: Object.keys(target.regions), modelConfig })
      : planResumedRun(begun, options, asked, modelConfig);
  const judge = options.judge === undefined ? null : judgeFor(options.judge, run.plan, options.price);
  const { plan, prices, questions } = run;
  tell(
    ...estimateText({
      ...{ plan, prices, judge: options.judge, isPaid: target.isPaid },
      estimate: estimate(plan, questions, prices),
    }),
  );
  const benchmark = new Benchmark({ plan, questions, prices, journal: run.journal });
  try {
    if (target.isPaid && !options.yes && !(await confirm('These calls are paid for.', signal))) {
      if (!run.journal.resume) rmSync(run.journal.file, { force: true });
      throw new CommandError('Nothing was measured. --yes goes on without asking.');
    }
    const result = await measured({ run, benchmark, target, judge, asked }, signal);
    const files = { name: run.name, journal: run.journal.file };
    return { result, name: run.name, exitCode: reportMeasured(result, files, tell) };
  } finally {
    benchmark.close();
  }
}

async function findTarget({ target, modelConfig }: RunOptions, where: string): Promise<Target> {
  const found = await openTarget(target, where);
  return modelConfig === undefined ? found : { ...found, modelConfig: readModelConfig(modelConfig) };
}

interface Measuring {
  readonly run: PlannedRun;
  readonly benchmark: Benchmark;
  readonly target: Target;
  readonly judge: Judge | null;
  readonly asked: readonly Question[];
}

/** Of an emulated Bedrock nothing is paid: its answers are counted by what Bedrock would take. */
const costSoFar = (spentUsd: number, { isPaid }: Pick<Target, 'isPaid'>, isKnown: boolean): string =>
  `${isPaid ? 'spent' : 'would cost'}: ${chargedText(spentUsd, isKnown)}`;

async function measured(
  { run, benchmark, target, judge, asked }: Measuring,
  signal: AbortSignal,
): Promise<JudgedResult> {
  const { plan } = run;
  const caller = new BedrockCaller({ regions: target.regions, concurrency: plan.concurrency });
  try {
    const display = progressDisplay('Measuring');
    const isKnown = isPriced(run.prices);
    const onProgress = ({ done, total, spentUsd, remainingMs }: Progress): void => {
      // What an interruption skips is not progress.
      if (signal.aborted) return;
      display.update(
        done,
        total,
        `calls; ${costSoFar(spentUsd, target, isKnown)}; ${remainingText(remainingMs)}`,
      );
    };
    const result = await benchmark
      .measure({
        ...{ call: caller.call, signal, onProgress },
        onUnusable: ({ model, region }, words) => {
          note(unusableText({ model, region, words }));
        },
      })
      .finally(display.stop);
    const judging = progressDisplay('Judging');
    const quality = await assess(
      result,
      asked,
      judge && {
        ...{ ...judge, caller: caller.call, spend: benchmark.spend, signal },
        onProgress: (done, total) => {
          const cost = costSoFar(benchmark.spend.spentUsd, target, isKnown && judge.price !== null);
          judging.update(done, total, `pairs; ${cost}`);
        },
      },
    ).finally(judging.stop);
    const { spentUsd, assumedUsd } = benchmark.spend;
    const finishedAt = signal.aborted ? null : result.finishedAt;
    return { ...result, finishedAt, spend: { spentUsd, assumedUsd }, quality };
  } finally {
    caller.close();
  }
}

/** A judge that still has to be given its connection and its money. */
type Judge = Omit<JudgeOptions, 'caller' | 'spend' | 'signal' | 'onProgress'>;

/** @throws Error where the plan has a cap and the judge no price */
function judgeFor(model: string, plan: Plan, given: Readonly<Record<string, Price>> = {}): Judge {
  const price = pricesUsed([model], readPriceFile(), given).entries[model] ?? null;
  if (price === null && plan.maxCostUsd !== null) {
    throw new CommandError(
      `A cap on the cost needs a price for the judge, and there is none for ${model}. Give it, in US dollars per million tokens, as --price ${model}=INPUT,OUTPUT, or leave the cap out.`,
    );
  }
  const [region = ''] = plan.regions;
  const { concurrency, deadlineMs } = plan;
  return { model, region, price, clock: systemClock, concurrency, deadlineMs };
}
