import { writeFileSync } from 'node:fs';
import { shippedModelConfig } from '../../../contract/default-model-config';
import { CommandError } from '../../command/errors';
import { EXIT } from '../../command/exit-codes';
import { note, tell, tellExactly, tellJson } from '../../command/output';
import { projectConfig } from '../../command/project';
import { shownPath } from '../../command/files';
import { flawsOf } from '../quality/agreement';
import { faultsOf, readModelConfig } from '../../model-config/model-config-file';
import type { Constraints } from '../recommend/constraints';
import { modelConfigFor } from '../recommend/model-config-for';
import { isChoice, recommend, type Recommendation } from '../recommend/recommend';
import { recommendationText } from '../recommend/recommendation-text';
import { readResultFile } from '../result-file';
import type { RecommendOptions } from './options';

/**
 * Says which models should answer what, and writes the ModelConfig for it.
 * @param resultFile as `benchmark run` has written it
 * @returns the process's exit code
 */
export function recommendCommand(resultFile: string, options: RecommendOptions): number {
  const { modelConfig, json } = options;
  const result = readResultFile(resultFile);
  const base =
    modelConfig === undefined
      ? shippedModelConfig(projectConfig().modelGeography)
      : readModelConfig(modelConfig);
  const recommendations = recommend(result, constraintsOf(options));
  if (recommendations.length === 0)
    throw new CommandError('There is nothing to recommend by: no call was measured.');
  const { judge } = result.quality;
  if (judge !== null) for (const flaw of flawsOf(judge)) note(`Note: ${flaw}`);
  const proposal = recommendations.every(isChoice)
    ? modelConfigFor(recommendations, base, result.plan)
    : undefined;
  if (json) tellJson({ recommendations, modelConfig: proposal?.config ?? null });
  else tell(...recommendationText(recommendations));
  if (!proposal) {
    note('No ModelConfig is written, as not every request type is shown to have a primary and a fallback.');
    const isNone = (one: Recommendation): boolean => !isChoice(one) && one.verdict === 'none';
    return recommendations.some(isNone) ? EXIT.failed : EXIT.notShown;
  }
  const file = `${resultFile.replace(/\.json$/, '')}.model-config.json`;
  const content = JSON.stringify(proposal.config, null, 2);
  writeFileSync(file, `${content}\n`);
  const shown = shownPath(file);
  if (!json) tellExactly(`ModelConfig to deploy, also in ${shown}:\n\n${content}\n`);
  note(`Deploy it: npm run assistant -- models deploy ${shown}`);
  for (const text of proposal.notes) note(`Note: ${text}`);
  for (const fault of faultsOf(proposal.config, projectConfig())) note(`It cannot work yet: ${fault}.`);
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
