import { usd } from '../figures/format';
import type { Estimate } from '../measure/spend/estimate';
import { LENGTH_PROBES } from '../quality/answer-pairs';
import type { Plan } from '../result/plan';
import type { PricesUsed } from '../result/result';
import { counted } from '../../command/words';

interface EstimateText {
  readonly plan: Plan;
  readonly estimate: Estimate;
  readonly prices: PricesUsed;
  readonly judge: string | undefined;
  readonly isPaid: boolean;
}

/** What a run is going to do and cost, said before it starts. */
export function estimateText({ plan, estimate, prices, judge, isPaid }: EstimateText): readonly string[] {
  const { models, regions, apis, questions, runs, maxCostUsd } = plan;
  const { calls, worstUsd, unknownPrices } = estimate;
  const cost =
    worstUsd === null
      ? `What they cost is not known: no price for ${unknownPrices.join(', ')} (give it by --price).`
      : `They cost at most ${usd(worstUsd)}, if every answer is as long as it may be.`;
  const pairs = (models.length * (models.length - 1)) / 2;
  const asked = questions.ids.length;
  const judging = 2 * (pairs * asked * regions.length + (pairs > 0 ? Math.min(LENGTH_PROBES, asked) : 0));
  return [
    `${counted(calls, 'call')}: ${counted(asked, 'question')} × ${counted(runs, 'run')} × ${counted(models.length, 'model')} × ${counted(regions.length, 'region')} (${regions.join(', ')}) × ${apis.join(', ')}, and warm-up.`,
    `${cost} Prices are of ${prices.date}: ${prices.source}.`,
    ...(judge === undefined
      ? []
      : [
          pairs === 0
            ? `${judge} has nothing to judge: that takes two models.`
            : `Then ${judge} judges, by up to ${counted(judging, 'call')}${maxCostUsd === null ? '' : ' under the same cap'}.`,
        ]),
    maxCostUsd === null
      ? 'There is no cap on the cost (--max-cost).'
      : `No more than ${usd(maxCostUsd)} is spent.`,
    ...(isPaid ? [] : ['Bedrock is emulated: nothing of it is paid.']),
  ];
}
