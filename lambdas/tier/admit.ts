import type { ModelRule } from '../../contract/model-config';
import { selectRule } from '../../contract/select-rule';
import type { Asker } from '../../contract/workflow';
import type { Before, Conversations } from './conversations';
import { MAX_QUESTION_CHARACTERS } from '../../contract/question';
import { MAX_BYTES } from './context';
import { BYTES_PER_TOKEN } from './converse';
import type { ActiveModelConfig, ModelConfigSource } from './model-config-source';
import { isRefusal, type AssistantRequest, type Refusal } from './parse-request';
import type { Log, Metrics } from './telemetry';
import type { TokenBudget } from './token-budget';

export interface Admission {
  readonly region: string;
  readonly rules: Pick<ModelConfigSource, 'current'>;
  readonly budget: Pick<TokenBudget, 'secondsToWait' | 'count'>;
  readonly conversations: Pick<Conversations, 'before' | 'keep'>;
  readonly log: Log;
  readonly metrics: Metrics;
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
  /** Counts the tokens that it has used in the end. Never rejects. */
  readonly count: (used: number) => Promise<void>;
}

/**
 * Finds the rule for a request, and what was said before it, unless its caller has no tokens left, or no such
 * conversation. No circuit is asked before.
 * @param isAdmitted by the tier before: tokens are counted, and no longer asked for
 */
export async function admit(
  { region, rules, budget, conversations, log, metrics }: Admission,
  asker: Asker,
  request: AssistantRequest,
  isAdmitted = false,
): Promise<Admitted | Refusal> {
  const { caller, requestId } = asker;
  const refuse = (refusal: Refusal): Refusal => {
    const { status, error } = refusal;
    const fields = { requestId, caller, status, code: error.code };
    const line = { level: 'INFO', message: 'request_refused', fields } as const;
    if (error === SPENT.error) metrics.countTokensSpent(line);
    else log(line.level, line.message, fields);
    return refusal;
  };
  // All of it may be on its way at once.
  const budgetWait = isAdmitted ? undefined : budget.secondsToWait(asker);
  const recalled = conversations.before(request, caller);
  const { config, source, version } = await rules.current();
  const retryAfterSeconds = await budgetWait;
  if (retryAfterSeconds !== undefined) return refuse({ ...SPENT, retryAfterSeconds });
  const before = await recalled;
  if (before && isRefusal(before)) return refuse(before);
  const { maintenanceMessage } = config;
  const askedAt = Date.now();
  const expected = tokensExpected(request, before);
  // Not waited for: it is counted before a model has answered.
  const counted = expected > 0 && budget.count(asker, expected, askedAt);
  return {
    rule: selectRule(config, region, request.type),
    before,
    version,
    source,
    ...(source === 'appconfig' && { maintenanceMessage }),
    count: async (used) => {
      await budget.count(asker, used - ((await counted) ? expected : 0), askedAt);
    },
  };
}

/**
 * Tokens that are counted at once, and not after the answer: by what is longer than most questions, a caller would else
 * have many times the day's tokens under way, and use up the models' quota for everybody.
 */
function tokensExpected({ question, system = '' }: AssistantRequest, before: Before | undefined): number {
  const turns = before?.turns.flatMap((turn) => [turn.question, turn.answer]) ?? [];
  const bytes = [question, system, ...turns].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  // Of a long conversation, a model is told a part.
  return bytes > MAX_QUESTION_CHARACTERS ? Math.ceil(Math.min(bytes, MAX_BYTES) / BYTES_PER_TOKEN) : 0;
}

const SPENT: Refusal = {
  status: 429,
  error: {
    code: 'daily_tokens_spent',
    message: 'The tokens that you may use on a day are spent. There are new ones at 00:00 UTC.',
  },
};
