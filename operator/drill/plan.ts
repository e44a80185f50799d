import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { ALIAS_TTL_SECONDS, moveSeconds } from '../../contract/failover';
import type { ScenarioName } from './scenario';
import type { Promises } from './verdict';

type Timing = Pick<AssistantConfig, 'healthCheck' | 'circuit'>;

/** Promised to callers: emulated seconds within which the last client has moved to the secondary. */
export const PROMISED_MOVE_SECONDS: Readonly<Record<ScenarioName, number>> = {
  region: 100,
  conversation: 100,
  evacuation: 100,
  models: 300,
  // Nobody moves.
  deploy: 0,
};

/** Two runs of the canary: the first one's question may come while a circuit's probe is still to wait. */
const CANARY_SECONDS = 120;

/** The minute in which the canary was answered comes to its end and ripens; the next evaluation reads it. */
const ALARM_SECONDS = 120;

/**
 * Emulated seconds within which a recovered primary has its callers back. Where its models were away, somebody has
 * to notice: the canary, once a circuit lets it through, and then the alarm's data.
 * @param speed circuits keep to the machine's own time, whatever the speed of the rest
 */
export function returnSeconds(
  scenario: ScenarioName,
  { healthCheck, circuit }: Timing,
  speed: number,
): number {
  if (scenario !== 'models') return Math.max(PROMISED_MOVE_SECONDS[scenario], moveSeconds({ healthCheck }));
  return circuit.maxOpenSeconds * speed + CANARY_SECONDS + ALARM_SECONDS + ALIAS_TTL_SECONDS;
}

/** How long each part of a drill takes; emulated seconds. */
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
  const requests = (emulatedSeconds: number) => Math.ceil((emulatedSeconds * rate) / speed);
  return {
    usual: requests(quiet + 2 * moveSeconds(config)),
    most: requests(quiet + patience * (plan.moveSeconds + plan.returnSeconds)),
  };
}
