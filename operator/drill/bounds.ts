import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { ALIAS_TTL_SECONDS, moveSeconds } from '../../contract/failover';
import type { ScenarioName } from './scenario';

type Timing = Pick<AssistantConfig, 'healthCheck' | 'circuit'>;

/** Promised to callers: acted-out seconds within which the last client has moved to the secondary. */
export const PROMISED_MOVE_SECONDS: Readonly<Record<ScenarioName, number>> = {
  region: 100,
  evacuation: 100,
  models: 300,
};

/** Two runs of the canary: the first one's question may come while a circuit's probe is still to wait. */
const CANARY_SECONDS = 120;

/** The minute in which the canary was answered comes to its end and ripens; the next evaluation reads it. */
const ALARM_SECONDS = 120;

/**
 * Acted-out seconds within which a recovered primary has its callers back. Where its models were away, somebody has
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
