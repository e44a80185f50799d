import { rmSync } from 'node:fs';
import { confirm } from '../../confirm';
import { estimateText } from '../cli/estimate-text';
import type { Options } from '../cli/options';
import { progressDisplay, remainingText } from '../cli/progress-display';
import { usd } from '../figures/format';
import { Benchmark } from '../measure/benchmark';
import { BedrockCaller } from '../measure/caller/bedrock-caller';
import type { Progress } from '../measure/progress';
import { estimate } from '../measure/spend/estimate';
import { assess } from '../quality/assess';
import { readQuestions } from '../questions/read-questions';
import type { Question } from '../questions/question-set';
import type { JudgedResult } from '../result-file';
import { awsTarget } from '../target/aws-target';
import { localTarget } from '../target/local-target';
import { readModelConfig } from '../target/read-model-config';
import type { Target } from '../target/target';
import { judgeFor, type Judge } from './judge-for';
import { planResumedRun, planRun, readBegun, type PlannedRun } from './plan-run';
import { reportMeasured } from './report-measured';

export interface Measured {
  readonly result: JudgedResult;
  readonly target: Target;
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
  options: Options,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<Measured> {
  const asked = readQuestions(options.questions);
  const resumed =
    options.resume === undefined ? undefined : readBegun(options.resume).header.plan.regions.join(',');
  const where = resumed ?? options.region;
  const target = await findTarget(options, where);
  const run =
    options.resume === undefined
      ? planRun(options, asked, { regions: Object.keys(target.regions), modelConfig: target.modelConfig })
      : planResumedRun(options.resume, options, asked, target.modelConfig);
  const judge = options.judge === undefined ? null : judgeFor(options.judge, run.plan, options.price);
  const { plan, prices, questions } = run;
  tell(
    estimateText({
      ...{ plan, prices, judge: options.judge, isPaid: target.isPaid },
      estimate: estimate(plan, questions, prices),
    }),
  );
  const benchmark = new Benchmark({ plan, questions, prices, journal: run.journal });
  try {
    if (target.isPaid && !options.yes && !(await confirm('These calls are paid for.', signal))) {
      if (!run.journal.resume) rmSync(run.journal.file, { force: true });
      throw new Error('Nothing was measured. --yes goes on without asking.');
    }
    const result = await measured({ run, benchmark, target, judge, asked }, signal);
    const files = { name: run.name, journal: run.journal.file };
    return { result, target, name: run.name, exitCode: reportMeasured(result, files, tell) };
  } finally {
    benchmark.close();
  }
}

async function findTarget({ target, modelConfig }: Options, where: string): Promise<Target> {
  const found = target === 'aws' ? awsTarget(where) : await localTarget(where);
  return modelConfig === undefined ? found : { ...found, modelConfig: readModelConfig(modelConfig) };
}

interface Measuring {
  readonly run: PlannedRun;
  readonly benchmark: Benchmark;
  readonly target: Target;
  readonly judge: Judge | null;
  readonly asked: readonly Question[];
}

async function measured(
  { run, benchmark, target, judge, asked }: Measuring,
  signal: AbortSignal,
): Promise<JudgedResult> {
  const { plan } = run;
  const caller = new BedrockCaller({ regions: target.regions, concurrency: plan.concurrency });
  try {
    const display = progressDisplay('Measuring');
    const onProgress = ({ done, total, spentUsd, remainingMs }: Progress): void => {
      // What an interruption skips is not progress.
      if (signal.aborted) return;
      display.update(done, total, `${usd(spentUsd)} spent, ${remainingText(remainingMs)}`);
    };
    const result = await benchmark.measure({ call: caller.call, signal, onProgress }).finally(display.stop);
    const judging = progressDisplay('Judging');
    const quality = await assess(
      result,
      asked,
      judge && {
        ...{ ...judge, caller: caller.call, spend: benchmark.spend, signal },
        onProgress: (done, total) => {
          judging.update(done, total, `${usd(benchmark.spend.spentUsd)} spent`);
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
