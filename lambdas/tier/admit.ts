import type { ErrorAnswer } from '../../contract/api';
import type { ModelRule } from '../../contract/model-config';
import { selectRule } from '../../contract/select-rule';
import type { Asker } from '../../contract/workflow';
import type { ActiveModelConfig, ModelConfigSource } from './model-config-source';
import type { AssistantRequest } from './parse-request';
import type { Log } from './telemetry';
import type { TokenBudget } from './token-budget';

export interface Admission {
  readonly region: string;
  readonly rules: Pick<ModelConfigSource, 'current'>;
  readonly budget: Pick<TokenBudget, 'secondsToWait' | 'count'>;
  readonly log: Log;
}

/** By what a request is answered that was let in. */
export interface Admitted {
  readonly rule: ModelRule;
  readonly version: string;
  readonly source: ActiveModelConfig['source'];
  /** Absent where the rules are those built in, which say nothing of today: the deployment's own message is due. */
  readonly maintenanceMessage?: string;
}

export interface Spent {
  readonly error: ErrorAnswer['error'];
  readonly retryAfterSeconds: number;
}

/** Finds the rule for a request, unless its caller has no tokens left. No circuit is asked before. */
export async function admit(
  { region, rules, budget, log }: Admission,
  asker: Asker,
  { type }: Pick<AssistantRequest, 'type'>,
): Promise<Admitted | Spent> {
  // The rules may be on their way, too.
  const budgetWait = budget.secondsToWait(asker);
  const { config, source, version } = await rules.current();
  const retryAfterSeconds = await budgetWait;
  if (retryAfterSeconds !== undefined) {
    const { caller, requestId } = asker;
    const code = 'daily_tokens_spent';
    log('INFO', 'request_refused', { requestId, caller, status: 429, code });
    const message = 'The tokens that you may use on a day are spent. There are new ones at 00:00 UTC.';
    return { error: { code, message }, retryAfterSeconds };
  }
  const { maintenanceMessage } = config;
  return {
    rule: selectRule(config, region, type),
    version,
    source,
    ...(source === 'appconfig' && { maintenanceMessage }),
  };
}

export const isSpent = (admitted: Admitted | Spent): admitted is Spent => 'error' in admitted;
