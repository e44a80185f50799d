import type { BenchmarkResult } from '../result/result';
import type { KnownModels } from './run';
import { counted } from '../../command/words';
import { usd } from '../figures/format';

/** An event loop that is later than this was busy with more than waiting for answers. */
const MAX_EVENT_LOOP_DELAY_MS = 1;

/** In Bedrock's own words. */
export const unusableText = ({ model, region, words }: KnownModels['unusable'][number]): string =>
  `Bedrock in ${region} does not call ${model}: "${words}" Its other calls there are left out.`;

/** What a reader of the figures has to know. */
export function warningsOf(
  result: Omit<BenchmarkResult, 'warnings'>,
  unusable: KnownModels['unusable'],
): string[] {
  const { plan, spend, skipped, prices, eventLoopDelayP99Ms: delay } = result;
  const count = (reason: string): number => skipped.filter((call) => call.reason === reason).length;
  const [unaffordable, interrupted] = [count('spend-cap'), count('interrupted')];
  const unknown = Object.keys(prices.entries).filter((model) => prices.entries[model] === null);
  const warnings: (string | false)[] = [
    delay !== null &&
      delay > MAX_EVENT_LOOP_DELAY_MS &&
      `This process was up to ${delay.toFixed(1)} ms late (p99), which is in the measured times: ` +
        'lower the concurrency, or close what else is busy on this machine.',
    unaffordable > 0 &&
      `${counted(unaffordable, 'call was', 'calls were')} not made, because ${unaffordable === 1 ? 'it' : 'they'} might have passed the cap on the cost.`,
    interrupted > 0 &&
      `${counted(interrupted, 'call was', 'calls were')} not made, because the run was interrupted; it can be resumed.`,
    ...unusable.map(unusableText),
    unknown.length > 0 &&
      `No price is known for ${unknown.join(', ')}: the cost of these models is left out.`,
    spend.assumedUsd > 0 &&
      `${usd(spend.assumedUsd)} of the spend are worst cases of calls that failed without saying what they cost.`,
    plan.maxCostUsd !== null &&
      spend.spentUsd > plan.maxCostUsd &&
      `The cap of ${usd(plan.maxCostUsd)} was passed: a call cost more than its worst case. Do not rely on it with these models.`,
  ];
  return warnings.filter((warning) => warning !== false);
}
