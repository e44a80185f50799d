import { API_MODES } from '../../services/apigateway/faults';
import { APPCONFIG_MODES } from '../../services/appconfigdata/faults';
import { BEDROCK_MODES } from '../../services/bedrock-runtime/faults';
import { CUSTOMIZATION_MODES } from '../../services/bedrock/faults';
import { DYNAMODB_MODES, REPLICATION_MODES } from '../../services/dynamodb/faults';
import { LAMBDA_MODES } from '../../services/lambda/faults';
import { CHECKER_MODES } from '../../services/route53/faults';
import { S3_MODES } from '../../services/s3/faults';
import { WORKFLOW_MODES } from '../../services/states/faults';
import type { FaultEffect } from './effects';

/** The whole region: nothing of it answers, and no execution starts, a schedule's neither. */
const REGION_MODES = { down: { kind: 'reset' } } as const satisfies Record<string, FaultEffect>;

/** The services of the stack mlops, which play no part in a region's answers. */
const MLOPS_MODES = { s3: S3_MODES, customization: CUSTOMIZATION_MODES } as const;

/** The modes of each target, which its service declares. */
export const FAULT_MODES = {
  bedrock: BEDROCK_MODES,
  dynamodb: DYNAMODB_MODES,
  replication: REPLICATION_MODES,
  appconfig: APPCONFIG_MODES,
  lambda: LAMBDA_MODES,
  workflow: WORKFLOW_MODES,
  api: API_MODES,
  region: REGION_MODES,
  checker: CHECKER_MODES,
  ...MLOPS_MODES,
} as const;

export type FaultTarget = keyof typeof FAULT_MODES;
export type FaultMode = { [Target in FaultTarget]: keyof (typeof FAULT_MODES)[Target] }[FaultTarget];

/** Whether a target is in the stack mlops alone, not in the two regions of the assistant. */
export const isInMlops = (target: string): boolean => Object.hasOwn(MLOPS_MODES, target);

/** The effect of a mode on a target; undefined when the target knows no such mode. */
export function effectOf(target: FaultTarget, mode: string): FaultEffect | undefined {
  return effects(target).get(mode);
}

/** The modes of a target whose effect has a field. */
export function modesWith(target: FaultTarget, field: string): string[] {
  return [...effects(target)].filter(([, effect]) => Object.hasOwn(effect, field)).map(([mode]) => mode);
}

const effects = (target: FaultTarget): ReadonlyMap<string, FaultEffect> =>
  new Map(Object.entries(FAULT_MODES[target]));
