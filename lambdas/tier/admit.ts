import type { ModelRule } from '../../contract/model-config';
import { selectRule } from '../../contract/select-rule';
import type { Asker } from '../../contract/workflow';
import type { Before, Conversations } from './conversations';
import type { ActiveModelConfig, ModelConfigSource } from './model-config-source';
import { isRefusal, type AssistantRequest, type Refusal } from './parse-request';
import type { Log } from './telemetry';
import type { TokenBudget } from './token-budget';

export interface Admission {
  readonly region: string;
  readonly rules: Pick<ModelConfigSource, 'current'>;
  readonly budget: Pick<TokenBudget, 'secondsToWait' | 'count'>;
  readonly conversations: Pick<Conversations, 'before' | 'keep'>;
  readonly log: Log;
}

/** By what a request is answered that was let in. */
export interface Admitted {
  readonly rule: ModelRule;
  /** What was said before, where the request has such. */
  readonly before: Before | undefined;
  readonly version: string;
  readonly source: ActiveModelConfig['source'];
  /** Absent where the rules are those built in, which say nothing of today: the deployment's own message is due. */
  readonly maintenanceMessage?: string;
}

/**
 * Finds the rule for a request, and what was said before it, unless its caller has no tokens left, or no such
 * conversation. No circuit is asked before.
 */
export async function admit(
  { region, rules, budget, conversations, log }: Admission,
  asker: Asker,
  request: Pick<AssistantRequest, 'type' | 'history' | 'conversation'>,
): Promise<Admitted | Refusal> {
  const { caller, requestId } = asker;
  const refuse = (refusal: Refusal): Refusal => {
    const { status, error } = refusal;
    log('INFO', 'request_refused', { requestId, caller, status, code: error.code });
    return refusal;
  };
  // All of it may be on its way at once.
  const budgetWait = budget.secondsToWait(asker);
  const recalled = conversations.before(request, caller);
  const { config, source, version } = await rules.current();
  const retryAfterSeconds = await budgetWait;
  if (retryAfterSeconds !== undefined) return refuse({ ...SPENT, retryAfterSeconds });
  const before = await recalled;
  if (before && isRefusal(before)) return refuse(before);
  const { maintenanceMessage } = config;
  return {
    rule: selectRule(config, region, request.type),
    before,
    version,
    source,
    ...(source === 'appconfig' && { maintenanceMessage }),
  };
}

const SPENT: Refusal = {
  status: 429,
  error: {
    code: 'daily_tokens_spent',
    message: 'The tokens that you may use on a day are spent. There are new ones at 00:00 UTC.',
  },
};
