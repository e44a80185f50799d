import type { StreamTimes } from '../../contract/environment';
import type { SystemMessages } from '../../contract/openai';
import { forgetInTable } from '../adapters/forget-conversation';
import { streamingHandler } from '../adapters/streaming-handler';
import type { Assistant } from '../chat/converse';
import { forgetRoute, type Forgetting } from '../chat/forget';
import { serve, type Router } from '../chat/http';
import { streamRoute } from '../chat/stream';
import { completionsRoute } from '../openai/completions';
import { modelRoute, modelsRoute } from '../openai/models';
import { composeAccess } from './compose-tier';

const { environment, access, kept, onConversationFailure } = composeAccess();
const { primary, fallback, longestMs } = JSON.parse(environment('STREAM_TIMES')) as StreamTimes;

const assistant: Assistant = {
  ...access,
  tiers: [
    { ...access, tier: 'primary', ...primary },
    { ...access, tier: 'fallback', ...fallback },
  ],
  degradation: {
    ...access,
    maintenanceMessage: environment('MAINTENANCE_MESSAGE'),
    retryAfterSeconds: Number(environment('RETRY_AFTER_SECONDS')),
  },
  longestMs,
};

const forgetting: Forgetting = {
  forget: kept && forgetInTable(kept, kept.dynamoDb),
  log: access.log,
  onStoreFailure: onConversationFailure,
  retryAfterSeconds: assistant.degradation.retryAfterSeconds,
};

const router: Router = {
  tokensPerDay: environment('TOKENS_PER_DAY'),
  routes: {
    'POST /stream': streamRoute(assistant),
    'DELETE /conversations/{id}': forgetRoute(forgetting),
    'POST /v1/chat/completions': completionsRoute(
      assistant,
      environment('SYSTEM_MESSAGES') as SystemMessages,
    ),
    'GET /v1/models': modelsRoute(assistant),
    'GET /v1/models/{model}': modelRoute(assistant),
  },
};

/** All tiers in one function, for callers who read along. */
export const handler = streamingHandler((event, response) => serve(router, event, response));
