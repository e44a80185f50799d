import { systemClock } from '../measure/clock';
import { readPriceFile } from '../measure/prices/price-file';
import { pricesUsed } from '../measure/prices/prices-used';
import type { JudgeOptions } from '../quality/judge/judge';
import { RUBRIC } from '../quality/judge/rubric';
import type { Plan } from '../result/plan';
import type { Price } from '../result/result';

/** A judge that still has to be given its connection and its money. */
export type Judge = Omit<JudgeOptions, 'caller' | 'spend' | 'signal' | 'onProgress'>;

/** @throws Error where the plan has a cap and the judge no price */
export function judgeFor(model: string, plan: Plan, given: Readonly<Record<string, Price>> = {}): Judge {
  const price = pricesUsed([model], readPriceFile(), given).entries[model] ?? null;
  if (price === null && plan.maxCostUsd !== null) {
    throw new Error(
      `A cap on the cost needs a price for the judge, and there is none for ${model}. Give it, in US dollars per million tokens, as --price ${model}=INPUT,OUTPUT, or leave the cap out.`,
    );
  }
  const [region = ''] = plan.regions;
  const { concurrency, deadlineMs } = plan;
  return { model, region, rubric: RUBRIC, price, clock: systemClock, concurrency, deadlineMs };
}
