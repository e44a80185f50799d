import { binomialCdf } from '../measure/statistics/rate';
import type { Agreement, Judgement, OrderOutcome } from './quality';
import { isValid } from './judge';

const CATEGORIES = ['one', 'two', 'tie'] as const;

/** @param judged for each pair the outcome with its first model in place A, and that with its second one there */
export function agreementOf(judged: readonly (readonly [OrderOutcome, OrderOutcome])[]): Agreement {
  const valid = judged.filter(([first, second]) => isValid(first) && isValid(second));
  const share = (of: readonly unknown[], among: number): number | null =>
    among === 0 ? null : of.length / among;
  const consistent = share(
    valid.filter(([first, second]) => first.preferred === second.preferred),
    valid.length,
  );
  const chance = CATEGORIES.reduce((sum, category) => {
    const [first, second] = [0, 1].map(
      (order) => valid.filter((orders) => orders[order]?.preferred === category).length / valid.length,
    );
    return sum + (first ?? 0) * (second ?? 0);
  }, 0);
  const preferences = valid.flatMap(([first, second]) => [
    ...(first.preferred === 'tie' ? [] : [first.preferred === 'one']),
    ...(second.preferred === 'tie' ? [] : [second.preferred === 'two']),
  ]);
  const count = (kind: OrderOutcome['preferred']): number =>
    judged.flat().filter(({ preferred }) => preferred === kind).length;
  return {
    pairs: valid.length,
    consistent,
    kappa: consistent === null || chance === 1 ? null : (consistent - chance) / (1 - chance),
    firstPlace: share(preferences.filter(Boolean), preferences.length),
    malformed: count('malformed'),
    failed: count('failed'),
    skipped: count('skipped'),
  };
}

/** A judge is worth something against one that decides by place or by chance: kappa of 0.4 is called fair agreement. */
const MIN_KAPPA = 0.4;

/**
 * From here on kappa is not asked: where one model is nearly always better, a good judge nearly always says the same,
 * and kappa, which takes that for chance, is about 0 (Feinstein and Cicchetti, J. Clin. Epidemiology 43, 1990).
 */
const HIGH_AGREEMENT = 0.8;

/** How often a good judge may fall for an answer that says nothing more. Assumed: the best of Zheng et al. 2023 did so. */
const GOOD_JUDGE = 0.1;
const ALPHA = 0.05;

/** @returns by what else than the answers' worth a judge decides: then its verdicts decide nothing */
export function flawsOf({ model, agreement: { kappa, consistent }, length }: Judgement): readonly string[] {
  const { pairs, preferred } = length;
  const flaws: (string | false)[] = [
    kappa !== null &&
      kappa < MIN_KAPPA &&
      (consistent ?? 0) < HIGH_AGREEMENT &&
      `The judge ${model} hardly agrees with itself when the answers change places (kappa ${kappa.toFixed(2)}): its verdicts decide nothing.`,
    preferred > 0 &&
      1 - binomialCdf(preferred - 1, pairs, GOOD_JUDGE) <= ALPHA &&
      `The judge ${model} prefers length: of ${pairs} answers set beside the same ones said twice, it preferred ${preferred} said twice. Its verdicts decide nothing.`,
  ];
  return flaws.filter((flaw) => flaw !== false);
}
