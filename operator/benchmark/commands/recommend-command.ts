import { relative } from 'node:path';
import { writeFileSync } from 'node:fs';
import { defaultModelConfig } from '../../../contract/default-model-config';
import { CommandError } from '../../command/errors';
import { EXIT } from '../../command/exit-codes';
import { note, tell, tellJson } from '../../command/output';
import { projectConfig } from '../../command/project';
import { readModelConfig } from '../model-config-file';

import type { Constraints } from '../recommend/constraints';
import { modelConfigFor } from '../recommend/model-config-for';
import { isChoice, recommend, type Choice } from '../recommend/recommend';
import { recommendationText } from '../recommend/recommendation-text';
import { readResultFile } from '../result-file';
import { vendorOf } from '../vendor';
import type { RecommendOptions } from './options';

/**
 * Says which models should answer what, and writes the ModelConfig for it.
 * @param resultFile as `benchmark run` has written it
 * @returns the process's exit code
 */
export function recommendCommand(resultFile: string, options: RecommendOptions): number {
  const { modelConfig, json } = options;
  const result = readResultFile(resultFile);
  const base = modelConfig === undefined ? defaultModelConfig : readModelConfig(modelConfig);
  const recommendations = recommend(result, constraintsOf(options));
  if (recommendations.length === 0)
    throw new CommandError('There is nothing to recommend by: no call was measured.');
  const proposal = recommendations.every(isChoice)
    ? modelConfigFor(recommendations, base, result.plan)
    : undefined;
  if (json) tellJson({ recommendations, modelConfig: proposal?.config ?? null });
  else tell(recommendationText(recommendations));
  if (!proposal || !recommendations.every(isChoice)) {
    note('There is no ModelConfig to deploy, as not every request type has a primary and a fallback.');
    return EXIT.failed;
  }
  const file = `${resultFile.replace(/\.json$/, '')}.model-config.json`;
  const content = JSON.stringify(proposal.config, null, 2);
  writeFileSync(file, `${content}\n`);
  if (!json) tell(`ModelConfig to deploy, also in ${relative(process.cwd(), file)}:\n\n${content}\n`);
  for (const text of [...proposal.notes, ...vendorNotes(recommendations)]) note(`Note: ${text}`);
  return EXIT.done;
}

function constraintsOf(options: RecommendOptions): Constraints {
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
  const { modelVendors } = projectConfig();
  const named = choices.flatMap(({ primary, fallback }) =>
    [primary, fallback].map(({ figures }) => vendorOf(figures.model)),
  );
  const refused = new Set(named.filter((vendor) => vendor !== null && !modelVendors.includes(vendor)));
  return [...refused].map(
    (vendor) =>
      `modelVendors in cdktf.json has not "${vendor ?? ''}": add it and deploy the stacks before this ModelConfig.`,
  );
}
