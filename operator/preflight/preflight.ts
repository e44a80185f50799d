import { isDeepStrictEqual } from 'node:util';
import { BedrockClient } from '@aws-sdk/client-bedrock';
import { IAMClient } from '@aws-sdk/client-iam';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { type EffectiveChoice, effectiveChoices, modelConfigFaults } from '../../contract/check-model-config';
import type { ModelConfig } from '../../contract/model-config';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { type Check, describeChecks } from '../command/check';
import { answersWithin, type Region } from '../command/target';
import { groupBy } from '../statistics/group-by';
import { modelFacts, reading } from './facts';
import { judge } from './judge';
import { bedrockQuotas } from './quotas';
import { FUNCTIONS, neededResources, RoleSimulation } from './role';

/** A model as a region's rules name it, and what was found of it. */
export interface ModelReport {
  readonly modelId: string;
  readonly checks: readonly Check[];
}

/** What is looked at, and by whose word. */
export interface Preflight {
  readonly config: Pick<AssistantConfig, 'project' | 'regions' | 'modelVendors' | 'budget'>;
  /** Milliseconds since the epoch, by the clock that the models' lifecycle goes by. */
  readonly now: number;
  /** Document of a service control policy. */
  readonly scp?: string | undefined;
  /** Requests in the busiest minute. */
  readonly perMinute?: number | undefined;
}

/** An answer that has not come by then is none; throttling is waited out by the SDK alone. */
const CLIENT = {
  maxAttempts: 4,
  requestHandler: answersWithin(10_000),
};

/**
 * Looks at each model of a region's rules. Nothing is changed, no model is called, and what cannot be looked at is said.
 * @param before rules in force: where given, only what is new beside them is looked at
 */
export async function preflight(
  { region, bedrock, iam, serviceQuotas }: Pick<Region, 'region' | 'bedrock' | 'iam' | 'serviceQuotas'>,
  rules: ModelConfig,
  { config, now, scp, perMinute }: Preflight,
  before?: ModelConfig,
): Promise<readonly ModelReport[]> {
  const known = before === undefined ? [] : effectiveChoices(before, region);
  const isNew = (choice: EffectiveChoice) => !known.some((each) => isDeepStrictEqual(each, choice));
  const use = { regions: [config.regions.primary, config.regions.secondary], vendors: config.modelVendors };
  const faults = modelConfigFaults(rules, use);
  const { primaryMs, totalMs, reserveMs } = config.budget;
  const tierMs = { primary: primaryMs, fallback: totalMs - reserveMs };
  const [models, roles, limits] = [
    new BedrockClient({ ...bedrock, ...CLIENT }),
    new IAMClient({ ...iam, ...CLIENT }),
    new ServiceQuotasClient({ ...serviceQuotas, ...CLIENT }),
  ];
  const simulation = new RoleSimulation(roles, scp);
  try {
    const named = groupBy(effectiveChoices(rules, region).filter(isNew), ({ choice }) => choice.modelId);
    if (named.length === 0) return [];
    const quotas = await reading(() => bedrockQuotas(limits));
    const reports: ModelReport[] = [];
    // One model after the other: IAM's simulations are throttled early.
    for (const choices of named) {
      const { modelId } = choices[0].choice;
      const facts = await modelFacts(models, modelId);
      const functions = new Set(choices.flatMap(({ tier }) => FUNCTIONS[tier]));
      const resources = neededResources(modelId, region, facts);
      const denials = await reading(async () =>
        (
          await Promise.all(
            [...functions].map((name) =>
              simulation.denials(`${config.project}-${name}-${region}`, resources),
            ),
          )
        ).flat(),
      );
      const own = faults
        .filter(({ field }) => choices.some((choice) => field.startsWith(`${choice.field}.`)))
        .map(({ field, problem }) => `${field} ${problem}`);
      const told = { choices, faults: own, tierMs, now };
      reports.push({
        modelId,
        checks: judge({ ...facts, region, modelId, denials, quotas, perMinute, ...told }),
      });
    }
    return reports;
  } finally {
    models.destroy();
    roles.destroy();
    limits.destroy();
  }
}

const isFound = ({ verdict }: Check): boolean => verdict !== 'good';

/** What is not good, and what to do about it. */
export const findingLines = (
  models: readonly ModelReport[],
  isShown: (check: Check) => boolean = isFound,
): readonly string[] =>
  models.flatMap(({ modelId, checks }) => {
    const found = checks.filter(isShown);
    return found.length === 0 ? [] : [`  ${modelId}`, ...describeChecks(found).map((line) => `  ${line}`)];
  });
