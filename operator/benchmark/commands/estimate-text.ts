import { wrap } from '../../command/output';
import { usd } from '../figures/format';
import type { Estimate } from '../measure/spend/estimate';
import type { Plan } from '../result/plan';
import type { PricesUsed } from '../result/result';

interface EstimateText {
  readonly plan: Plan;
  readonly estimate: Estimate;
  readonly prices: PricesUsed;
  readonly judge: string | undefined;
  readonly isPaid: boolean;
}

/** What a run is going to do and cost, said before it starts. */
export function estimateText({ plan, estimate, prices, judge, isPaid }: EstimateText): string {
  const { models, regions, apis, questions, runs, maxCostUsd } = plan;
  const { calls, worstUsd, unknownPrices } = estimate;
  const cost =
    worstUsd === null
      ? `What they cost is not known: no price for ${unknownPrices.join(', ')} (give it by --price).`
      : `They cost at most ${usd(worstUsd)}, if every answer is as long as it may be.`;
  const pairs = (models.length * (models.length - 1)) / 2;
  const judging = 2 * pairs * questions.ids.length * regions.length;
  return [
    `${calls} calls: ${questions.ids.length} questions × ${runs} runs × ${models.length} models × ${regions.length} regions (${regions.join(', ')}) × ${apis.join(', ')}, and warm-up.`,
    `${cost} Prices are of ${prices.date}: ${prices.source}.`,
    ...(judge === undefined
      ? []
      : [
          `Then ${judge} judges, by up to ${judging} calls${maxCostUsd === null ? '' : ' under the same cap'}.`,
        ]),
    maxCostUsd === null
      ? 'There is no cap on the cost (--max-cost).'
      : `No more than ${usd(maxCostUsd)} is spent.`,
    ...(isPaid ? [] : ['Bedrock is emulated: nothing of it is paid.']),
  ]
    .flatMap((line) => wrap(line))
    .concat('')
    .join('\n');
}
