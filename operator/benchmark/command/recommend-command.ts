import { relative } from 'node:path';
import { writeFileSync } from 'node:fs';
import { readConfig } from '../../../constructs/config/read-config';
import type { ModelConfig } from '../../../contract/model-config';
import { EXIT } from '../cli/exit-codes';
import type { Options } from '../cli/options';
import type { Constraints } from '../recommend/constraints';
import { modelConfigFor } from '../recommend/model-config-for';
import { isChoice, recommend, type Choice } from '../recommend/recommend';
import { recommendationText } from '../recommend/recommendation-text';
import type { JudgedResult } from '../result-file';
import { vendorOf } from '../vendor';

interface Recommending {
  readonly result: JudgedResult;
  /** What the recommended ModelConfig starts from. */
  readonly base: ModelConfig;
  /** Path of the results, without an extension. */
  readonly name: string;
}

/**
 * Says which models should answer what, and writes the ModelConfig for it.
 * @returns the process's exit code
 */
export function recommendCommand(
  { result, base, name }: Recommending,
  options: Options,
  tell: (text: string) => void,
): number {
  const recommendations = recommend(result, constraintsOf(options));
  tell(recommendationText(recommendations));
  if (recommendations.length === 0)
    throw new Error('There is nothing to recommend by: no call was measured.');
  if (!recommendations.every(isChoice)) {
    tell('There is no ModelConfig to deploy, as not every request type has a primary and a fallback.\n');
    return EXIT.failed;
  }
  const { config, notes } = modelConfigFor(recommendations, base, result.plan);
  const file = `${name}.model-config.json`;
  const content = JSON.stringify(config, null, 2);
  writeFileSync(file, `${content}\n`);
  tell(`ModelConfig to deploy, also in ${relative(process.cwd(), file)}:\n\n${content}\n\n`);
  for (const note of [...notes, ...vendorNotes(recommendations)]) tell(`Note: ${note}\n`);
  return EXIT.done;
}

function constraintsOf(options: Options): Constraints {
  const { maxP95, maxCostPer1k, minQuality, maxFailureRate, differentVendors } = options;
  return {
    ...(maxP95 !== undefined && { maxP95Ms: maxP95 }),
    ...(maxCostPer1k !== undefined && { maxCostPer1k }),
    ...(minQuality !== undefined && { minQuality }),
    ...{ maxFailureRate, differentVendors },
  };
}

/** The functions' IAM policies allow the configured vendors only, and refuse another one's models at the first call. */
function vendorNotes(choices: readonly Choice[]): readonly string[] {
  const { modelVendors } = readConfig();
  const named = choices.flatMap(({ primary, fallback }) =>
    [primary, fallback].map(({ figures }) => vendorOf(figures.model)),
  );
  const refused = new Set(named.filter((vendor) => vendor !== null && !modelVendors.includes(vendor)));
  return [...refused].map(
    (vendor) =>
      `modelVendors in cdktf.json has not "${vendor ?? ''}": add it and deploy the stacks before this ModelConfig.`,
  );
}
