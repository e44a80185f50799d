import { createHash } from 'node:crypto';
import type { Question } from '../questions/read-questions';
import type { BenchmarkResult } from '../result/result';
import { vendorOf } from '../../../contract/model-id';
import { agreementOf, flawsOf } from './agreement';
import { answerPairs, lengthProbes } from './answer-pairs';
import { judgePairs, RUBRIC, type JudgeOptions } from './judge';
import type { Judgement, Quality } from './quality';
import { scoreAnswers } from './expectations';

/**
 * What the answers of a result are worth: by expectations, and where there is a judge, by its verdicts.
 * @param questions those of the result's plan
 */
export async function assess(
  result: Pick<BenchmarkResult, 'calls' | 'plan'>,
  questions: readonly Question[],
  judge: JudgeOptions | null,
): Promise<Quality> {
  const scores = scoreAnswers(result.calls, questions);
  const judgement = judge === null ? null : await judged(result, questions, judge);
  const undecided = new Set(scores.flatMap((score) => score.undecided));
  return {
    expectationsDigest: expectationsDigest(questions),
    scores: [...scores],
    judge: judgement,
    warnings: [
      ...[...undecided].map(
        (expectation) =>
          `An expectation could not be decided in time and is left out: ${expectation}. Write it without nested repetition.`,
      ),
      ...(judgement === null ? [] : warningsOf(judgement, result.plan.models)),
    ],
  };
}

async function judged(
  { calls, plan }: Pick<BenchmarkResult, 'calls' | 'plan'>,
  questions: readonly Question[],
  options: JudgeOptions,
): Promise<Judgement> {
  const before = options.spend.spentUsd;
  const asked = answerPairs(calls, plan.models);
  const judged = await judgePairs([...asked, ...lengthProbes(asked)], questions, options);
  const [pairs, probes] = [judged.slice(0, asked.length), judged.slice(asked.length)];
  const verdicts = probes.map(({ verdict }) => verdict).filter((verdict) => verdict !== null);
  return {
    model: options.model,
    rubric: RUBRIC,
    spentUsd: Math.max(0, options.spend.spentUsd - before),
    pairs,
    agreement: agreementOf(pairs.map(({ orders }) => orders)),
    length: { pairs: verdicts.length, preferred: verdicts.filter((verdict) => verdict === 'two').length },
  };
}

function warningsOf(judgement: Judgement, candidates: readonly string[]): readonly string[] {
  const { model, agreement, pairs } = judgement;
  const vendor = vendorOf(model);
  const akin = candidates.filter((candidate) => vendor !== undefined && vendorOf(candidate) === vendor);
  const { malformed, failed, skipped } = agreement;
  const warnings: (string | false)[] = [
    akin.length > 0 &&
      `The judge ${model} is of the same vendor as ${akin.join(', ')}: judges tend to prefer answers like their own.`,
    vendor === undefined && `The judge’s vendor is not known: it may prefer answers of its own family.`,
    malformed + failed + skipped > 0 &&
      `Of ${pairs.length * 2} answers of the judge ${malformed} were malformed, ${failed} failed and ${skipped} were skipped; their pairs have no verdict.`,
    pairs.length === 0 &&
      'The judge had nothing to compare: that takes two models that answered the same question.',
  ];
  return [...flawsOf(judgement), ...warnings.filter((warning) => warning !== false)];
}

/** @returns SHA-256, in hex, of what is expected of the answers */
function expectationsDigest(questions: readonly Question[]): string {
  const expected = questions.map(({ id, expect }) => [id, expect ?? null]);
  return createHash('sha256').update(JSON.stringify(expected)).digest('hex');
}
