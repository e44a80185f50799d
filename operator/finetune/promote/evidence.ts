import { CommandError } from '../../command/errors';
import { EXIT } from '../../command/exit-codes';
import { agree, untilInterrupted } from '../../command/interruption';
import { note, tell } from '../../command/output';
import { progressDisplay, remainingText } from '../../command/progress';
import { counted } from '../../command/words';
import { compare, type PrimaryRow } from '../../benchmark/compare/compare';
import { comparisonText } from '../../benchmark/compare/comparison-text';
import { Benchmark } from '../../benchmark/measure/benchmark';
import { BedrockCaller } from '../../benchmark/measure/caller/bedrock-caller';
import { createPlan } from '../../benchmark/measure/plan';
import { pricesUsed, readPriceFile } from '../../benchmark/measure/prices';
import { assess } from '../../benchmark/quality/assess';
import { asServed, inferenceAsServed } from '../../benchmark/questions/as-served';
import { readQuestions, type Question } from '../../benchmark/questions/read-questions';
import type { JudgedResult } from '../../benchmark/result-file';
import type { PricesUsed } from '../../benchmark/result/result';
import { openTarget } from '../../benchmark/target';
import type { TunedModel } from '../serve/tuned-model';
import type { Target } from '../target/target';
import { trainedOn } from './held-out';
import { readable } from '../../model-config/deployed-model-config';
import { openStore } from '../../model-config/roll-out';
import type { TunedChoice } from './serve-tuned';

interface EvidenceOptions {
  /** File of held-out questions, as `benchmark run` reads them. */
  readonly questions: string;
  /** Times that each is asked. */
  readonly runs: number;
  /** Promotes without asking, if the evidence holds. */
  readonly yes: boolean;
}

/** As `benchmark run` has them. */
const MEASURED = { concurrency: 4, warmup: 1, seed: 1, deadlineMs: 60_000, maxCostUsd: null } as const;

/**
 * Compares the tuned model with the model that it was tuned from, on questions that it was not trained on, shows what
 * came of it, and asks.
 * @throws CommandError unless the promotion is agreed to; with `yes`, unless the tuned model is shown to be better
 */
export async function requireEvidence(
  target: Target,
  type: string,
  { model, tuned }: { readonly model: TunedModel; readonly tuned: TunedChoice },
  { questions: file, runs, yes }: EvidenceOptions,
): Promise<void> {
  const questions = readQuestions(file).filter((question) => question.type === type);
  if (questions.length === 0)
    throw new CommandError(`${file} has no question of the type ${type}. Name another: --questions FILE.`);
  const { ids: learnt, unknown } = await trainedOn(target, model, questions);
  if (learnt.length > 0)
    throw new CommandError(
      `The model was trained on ${learnt.slice(0, 5).join(', ')}${learnt.length > 5 ? ` and ${learnt.length - 5} more` : ''} of these questions, which therefore show nothing. Ask others: --questions FILE.`,
    );
  if (unknown !== null) {
    const notHeldOut = `Whether the questions are held out is not known: ${unknown}`;
    if (yes)
      throw new CommandError(
        `${notHeldOut} Nothing was measured or promoted: without --yes, you decide yourself.`,
        EXIT.notShown,
      );
    note(notHeldOut);
  }
  const { regions, isPaid } = await openTarget(target.kind, target.region);
  const calls = 2 * questions.length * runs;
  note(
    `Asking ${tuned.base.modelId} and ${model.name} ${counted(questions.length, 'question')}, ${runs === 1 ? 'once' : `${runs} times`} each.`,
  );
  if (isPaid)
    await agree(`These ${calls} calls are paid for. Go on?`, yes, 'Nothing was measured or promoted.');
  const result = await untilInterrupted('Nothing was promoted.', (signal) =>
    measure(target, tuned, { regions, questions, runs, signal }),
  );
  const comparison = compare(
    ofModel(result, tuned.base.modelId, model.name),
    ofModel(result, tuned.model.modelId, model.name),
  );
  tell(
    `\nBefore: ${tuned.base.modelId}. After: ${model.name}, tuned from it.`,
    ...comparisonText({ ...comparison, cautions: [] }),
  );
  if (!isPaidByToken(tuned)) note(`${model.name} is paid by the hour: its cost is not compared.`);
  const doubts = [
    ...(unknown === null ? [] : ['whether the questions are held out is not known']),
    ...doubtsOf(comparison.primary, isPaidByToken(tuned)),
  ];
  note(
    doubts.length === 0
      ? `Shown: ${model.name} answers better.`
      : `Not shown to be better: ${doubts.join('; ')}.`,
  );
  if (yes && doubts.length > 0)
    throw new CommandError(
      `Nothing was promoted: --yes promotes what is shown to be better alone. Ask more questions (--questions), more often (--runs), or decide yourself, without --yes.`,
      EXIT.notShown,
    );
  const unshown =
    'At a terminal, yes promotes it all the same; --yes does so only where it is shown to be better.';
  await agree(
    `Serve ${type} by ${model.name}?`,
    yes,
    'Nothing was promoted.',
    doubts.length > 0 ? unshown : undefined,
  );
}

const isPaidByToken = ({ model }: Pick<TunedChoice, 'model'>): boolean =>
  !model.modelId.includes(':provisioned-model/');

/**
 * What speaks against serving by the tuned model; nothing where it is shown to be better, and nowhere worse.
 * @param hasCost whether it has a cost that can be compared
 */
export function doubtsOf(
  rows: readonly Pick<PrimaryRow, 'metric' | 'verdict'>[],
  hasCost: boolean,
): readonly string[] {
  const quality = rows.find(({ metric }) => metric.name === 'expectations met');
  const worse = rows
    .filter(({ verdict }) => verdict === 'worse')
    .map(({ metric }) => `${metric.name} is worse`);
  if (hasCost && !rows.some(({ metric }) => metric.name === 'cost of 1,000 answers'))
    worse.push('its cost is not known, as no price of its base model is');
  if (quality === undefined) return ['no question says what is expected of its answer (expect)', ...worse];
  return [
    ...(quality.verdict === 'within noise' || quality.verdict === 'too few answers'
      ? [`expectations met: ${quality.verdict}`]
      : []),
    ...worse,
  ];
}

interface Measuring {
  readonly regions: ConstructorParameters<typeof BedrockCaller>[0]['regions'];
  readonly questions: readonly Question[];
  readonly runs: number;
  readonly signal: AbortSignal;
}

async function measure(
  target: Target,
  { base, model }: Pick<TunedChoice, 'base' | 'model'>,
  { regions, questions: asked, runs, signal }: Measuring,
): Promise<JudgedResult> {
  const { config } = readable(await (await openStore(target, 'primary')).newest());
  const questions = asServed(asked, config);
  const models = [base.modelId, model.modelId];
  const plan = createPlan(
    {
      ...MEASURED,
      models,
      regions: [target.region],
      apis: ['converse'],
      runs,
      inference: inferenceAsServed(models, config),
      rate: { total: null, perModel: null },
    },
    questions,
  );
  const benchmark = new Benchmark({ plan, questions, prices: pricesOf({ base, model }) });
  const caller = new BedrockCaller({ regions, concurrency: plan.concurrency });
  const display = progressDisplay('Measuring');
  try {
    const result = await benchmark.measure({
      call: caller.call,
      signal,
      onProgress: ({ done, total, remainingMs }) => {
        if (!signal.aborted) display.update(done, total, `calls; ${remainingText(remainingMs)}`);
      },
    });
    signal.throwIfAborted();
    return { ...result, quality: await assess(result, asked, null) };
  } finally {
    display.stop();
    caller.close();
    benchmark.close();
  }
}

/**
 * On demand, a tuned model costs what its base model does: "you pay only per-call at the standard rate for the model"
 * (aws.amazon.com/blogs/machine-learning/customize-amazon-nova-models-with-amazon-bedrock-fine-tuning). Provisioned
 * throughput is paid by the hour, whatever it is asked.
 */
export function pricesOf(tuned: Pick<TunedChoice, 'base' | 'model'>): PricesUsed {
  const [base, model] = [tuned.base.modelId, tuned.model.modelId];
  const file = readPriceFile();
  const price = isPaidByToken(tuned) ? pricesUsed([base], file).entries[base] : null;
  return pricesUsed([base, model], file, price ? { [model]: price } : {});
}

/** One model's calls, under a name that both have: they are compared as before and after. */
function ofModel(result: JudgedResult, modelId: string, name: string): JudgedResult {
  const calls = result.calls.filter(({ model }) => model === modelId);
  return {
    ...result,
    plan: { ...result.plan, models: [name] },
    calls: calls.map((call) => ({ ...call, model: name })),
  };
}
