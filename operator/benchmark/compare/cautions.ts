import { differences } from '../measure/plan';
import type { JudgedResult } from '../result-file';

/** What besides the models may have made two results differ. */
export function cautionsOf(before: JudgedResult, after: JudgedResult): readonly string[] {
  const differing = differences(before.plan, after.plan);
  const cautions: (string | false)[] = [
    differing.length > 0 && `The plans differ in ${differing.join(', ')}: differences may come from that.`,
    before.quality.expectationsDigest !== after.quality.expectationsDigest &&
      'Other things were expected of the answers: differences in quality may come from that.',
    before.prices.date !== after.prices.date &&
      `Prices are of ${before.prices.date} and ${after.prices.date}: differences in cost may come from that.`,
    (before.finishedAt === null || after.finishedAt === null) &&
      'A run was interrupted: it has fewer calls than planned.',
    `The runs began on ${before.startedAt} and ${after.startedAt}. What differs between two hours of a service differs here, too: only repeated pairs of runs tell it from a change of the model.`,
  ];
  return cautions.filter((caution) => caution !== false);
}
