import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { moveSeconds } from '../../contract/failover';
import { PROMISED_MOVE_SECONDS, returnSeconds } from './bounds';
import type { ScenarioName } from './scenario';
import type { Promises } from './verdict';

/** How long each part of a drill takes; acted-out seconds. */
export interface Plan extends Promises {
  /** Traffic before the primary is taken away. */
  readonly baselineSeconds: number;
  /** Traffic after every client has moved, and again after every client has returned. */
  readonly holdSeconds: number;
  /** A move or return is waited for until so many times its promised time has gone. */
  readonly patience: number;
}

const BASELINE_SECONDS = 10;
const HOLD_SECONDS = 30;

/** Late is worth knowing, too. */
const PATIENCE = 2;

export const drillPlan = (scenario: ScenarioName, config: AssistantConfig, speed: number): Plan => ({
  baselineSeconds: BASELINE_SECONDS,
  holdSeconds: HOLD_SECONDS,
  patience: PATIENCE,
  moveSeconds: PROMISED_MOVE_SECONDS[scenario],
  returnSeconds: returnSeconds(scenario, config, speed),
});

/** Requests that a drill sends when everything goes as the configuration has it, and at most. */
export function expectedRequests(plan: Plan, config: AssistantConfig, rate: number, speed: number) {
  const { baselineSeconds, holdSeconds, patience } = plan;
  const quiet = baselineSeconds + 2 * holdSeconds;
  const requests = (actedOutSeconds: number) => Math.ceil((actedOutSeconds * rate) / speed);
  return {
    usual: requests(quiet + 2 * moveSeconds(config)),
    most: requests(quiet + patience * (plan.moveSeconds + plan.returnSeconds)),
  };
}
