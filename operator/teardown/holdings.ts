import type { AssistantConfig, Role } from '../../constructs/config/assistant-config';
import { mlopsRegion } from '../../constructs/config/mlops-config';
import { circuitTableName } from '../../contract/circuit';
import { conversationTableName } from '../../contract/conversation';
import { switchTableName } from '../../contract/evacuation';
import { usageTableName } from '../../contract/usage';
import { counted } from '../command/words';

/** In the order in which they are destroyed: what serves callers last. */
export const STACKS = ['mlops', 'secondary', 'primary', 'conversations'] as const;
export type StackName = (typeof STACKS)[number];

/** Something that a destroy loses. */
export interface Holding {
  readonly stack: StackName;
  readonly region: string;
  readonly kind: 'table' | 'versions' | 'bucket' | 'register' | 'logs' | 'key';
  /** As AWS knows it; of a bucket, what Terraform gave out. */
  readonly name: string;
  readonly what: string;
}

/** What holds data in the stacks of a configuration. */
export function holdingsOf(config: AssistantConfig, stacks: readonly StackName[]): readonly Holding[] {
  const all: Readonly<Record<StackName, () => readonly Holding[]>> = {
    conversations: () => {
      const [region, name] = [config.regions.primary, conversationTableName(config.project)];
      return config.conversations === undefined
        ? []
        : [{ stack: 'conversations', region, kind: 'table', name, what: 'conversations, of both regions' }];
    },
    primary: () => regional(config, 'primary'),
    secondary: () => regional(config, 'secondary'),
    mlops: () => {
      const at = { stack: 'mlops', region: mlopsRegion(config) } as const;
      return [
        { ...at, kind: 'bucket', name: 'training bucket', what: 'training data and results' },
        {
          ...at,
          kind: 'register',
          name: 'register',
          what: 'where each tuned model comes from, and its approval',
        },
        {
          ...at,
          kind: 'key',
          name: 'training key',
          what: 'what lies elsewhere and is encrypted with it, too',
        },
      ];
    },
  };
  return STACKS.filter((stack) => stacks.includes(stack)).flatMap((stack) => all[stack]());
}

function regional({ project, regions, logRetentionDays }: AssistantConfig, stack: Role): readonly Holding[] {
  const at = { stack, region: regions[stack] };
  const table = (name: string, what: string): Holding => ({ ...at, kind: 'table', name, what });
  return [
    table(switchTableName(project), 'the evacuation switch'),
    table(circuitTableName(project), 'circuits, forced ones as well'),
    table(usageTableName(project), 'callers’ tokens of the day'),
    { ...at, kind: 'versions', name: 'ModelConfig', what: 'versions that operators have made' },
    {
      ...at,
      kind: 'logs',
      name: `${project}-…`,
      what: `log groups, with up to ${counted(logRetentionDays, 'day')}`,
    },
  ];
}

/** Whether Terraform and AWS refuse to destroy the stack as it is configured. */
export const isProtected = (config: AssistantConfig, stack: StackName): boolean =>
  ({
    mlops: config.mlops.deletionProtection,
    conversations: config.conversations?.deletionProtection ?? false,
    primary: config.evacuation.deletionProtection,
    secondary: config.evacuation.deletionProtection,
  })[stack];
