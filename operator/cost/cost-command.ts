import type { Command } from 'commander';
import { shippedModelConfig } from '../../contract/default-model-config';
import type { ModelConfig } from '../../contract/model-config';
import { requestTypes } from '../../contract/select-rule';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { table } from '../command/layout';
import { positiveWhole, share, wholeNumber } from '../command/options';
import { note, tell, tellJson } from '../command/output';
import { projectConfig } from '../command/project';
import { readModelConfig } from '../model-config/model-config-file';
import { assumptionLines, costTable, standingUsd, troubleLines } from './cost-table';
import { monthlyCost, type MonthlyCost, type Use } from './monthly-cost';
import { synthesizedStacks } from './synthesized';

const HELP = `
It synthesizes what is configured (ASSISTANT_ENVIRONMENT is obeyed), and asks
nobody: prices are the dated ones of operator/cost/prices.json.`;

interface Options extends Use {
  readonly modelConfig?: string;
  readonly json: boolean;
}

/** No type has a rule of this name: it stands for all without one. */
const DEFAULT_RULE = 'default';

export const costCommand = (command: Command): Command =>
  command
    .option('--requests <number>', 'questions a month', wholeNumber(0, 1e12), 0)
    .option('--input-tokens <number>', 'of each, with what the rule says before it', positiveWhole, 300)
    .option('--output-tokens <number>', 'of each answer', positiveWhole, 400)
    .option('--fallback-share <share>', 'of the answers, by the fallback model: 0 to 1', share, 0)
    .option('--type <type>', 'the request type whose models answer', DEFAULT_RULE)
    .option('--model-config <file>', 'rules other than those that are shipped')
    .option('--json', 'prints it as JSON', false)
    .addHelpText('after', HELP)
    .action(({ modelConfig, json, ...use }: Options) => {
      const config = projectConfig();
      const rules = rulesOf(config, modelConfig);
      const types = [config.regions.primary, config.regions.secondary].flatMap((region) =>
        requestTypes(rules, region),
      );
      if (use.type !== DEFAULT_RULE && !types.includes(use.type))
        note(
          `No rule is for ${use.type} alone (there are ${[...new Set(types)].join(', ')}): the default rule's models answer.`,
        );
      const cost = costOf(config, use, modelConfig);
      if (json) {
        tellJson({ ...cost, use, standingUsd: standingUsd(cost) });
        return;
      }
      const [head = [], ...rows] = costTable(cost, use);
      const lines = [...troubleLines(cost, use), '', ...assumptionLines()];
      tell('USD a month', table(head, rows), '', ...lines);
    });

/** @param file of a ModelConfig; the shipped rules without one */
const rulesOf = ({ modelGeography }: Pick<AssistantConfig, 'modelGeography'>, file?: string): ModelConfig =>
  file === undefined ? shippedModelConfig(modelGeography) : readModelConfig(file);

export const costOf = (config: AssistantConfig, use: Use, file?: string): MonthlyCost =>
  monthlyCost(
    synthesizedStacks(config),
    {
      rules: rulesOf(config, file),
      pollSeconds: config.modelConfigPollSeconds,
    },
    use,
  );
