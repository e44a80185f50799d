import type { Agreement, OrderOutcome } from './quality';
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
