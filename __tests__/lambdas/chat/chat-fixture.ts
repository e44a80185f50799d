import type { ModelConfig } from '../../../contract/model-config';
import type { Assistant } from '../../../lambdas/chat/converse';
import type { ChatResponse } from '../../../lambdas/chat/http';
import { completionsRoute } from '../../../lambdas/openai/completions';
import { streamRoute } from '../../../lambdas/chat/stream';
import type { ModelTier } from '../../../lambdas/tier/ask-tier';
import { followContract, parseEvents } from '../../support/read-stream';
import { scripted, type Step } from '../scripted-bedrock';
import { PRIMARY, QUESTION, RULES, setUpTier } from '../tier-fixture';

/** Shorter than a tier's time. */
const LIMITS = { firstSignMs: 500, gapMs: 500 };

export const rulesWith = (changes: Partial<ModelConfig['default']> = {}): ModelConfig => {
  const { primary, fallback } = RULES.default;
  const limited = { primary: { ...primary, ...LIMITS }, fallback: { ...fallback, ...LIMITS } };
  return { ...RULES, default: { ...RULES.default, ...limited, ...changes } };
};

export interface Scripts {
  /** What each call of the primary model, and of the fallback model, does. */
  readonly primary: readonly (readonly Step[])[];
  readonly fallback?: readonly (readonly Step[])[];
  readonly rules?: ModelConfig;
  readonly tier?: Partial<ModelTier>;
  readonly longestMs?: number;
}

/** A response that keeps what is written; its caller takes each write after so many milliseconds. */
export class KeptResponse implements ChatResponse {
  hasBegun = false;
  status = 0;
  headers: Readonly<Record<string, string>> = {};
  text = '';
  readonly leaving = new AbortController();
  readonly left = this.leaving.signal;

  constructor(
    private readonly slowMs = 0,
    private readonly onWrite: (text: string) => void = () => undefined,
  ) {}

  begin(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.hasBegun) throw new Error('As on Lambda: it is too late for a status.');
    Object.assign(this, { hasBegun: true, status, headers });
  }

  write(text: string): Promise<void> | undefined {
    if (this.left.aborted) return undefined;
    this.text += text;
    this.onWrite(text);
    return this.slowMs === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, this.slowMs).unref());
  }
}

/** `POST /stream` by both tiers, with everything but Bedrock, AppConfig and DynamoDB real. */
export function setUpChat({
  primary,
  fallback = [[]],
  rules = rulesWith(),
  tier = {},
  longestMs = 5_000,
}: Scripts) {
  const [first, second] = [scripted(...primary), scripted(...fallback)];
  const of = ({ modelId }: { readonly modelId?: string | undefined }) =>
    modelId === PRIMARY ? first : second;
  const counted: number[] = [];
  const set = setUpTier(
    {
      converse: (input, signal) => of(input).converse(input, signal),
      converseStream: (input, signal) => of(input).converseStream(input, signal),
    },
    {
      rules: { current: () => Promise.resolve({ config: rules, source: 'appconfig', version: 'v1' }) },
      budget: {
        secondsToWait: () => Promise.resolve(undefined),
        count: (_, tokens) => {
          counted.push(tokens);
          return Promise.resolve(true);
        },
      },
      ...tier,
    },
  );
  const assistant: Assistant = {
    ...set.tier,
    tiers: [set.tier, { ...set.tier, tier: 'fallback' }],
    degradation: { ...set.tier, maintenanceMessage: 'Out of order.', retryAfterSeconds: 30 },
    longestMs,
  };
  const asker = { source: 'caller', caller: 'shop', tokensPerDay: '', requestId: 'request-1' } as const;
  /** The same as a stream of OpenAI's protocol. */
  const complete = async () => {
    const response = new KeptResponse();
    const messages = [{ role: 'user', content: QUESTION }];
    const body = JSON.stringify({ model: 'general', stream: true, messages });
    await completionsRoute(assistant, 'append')({ asker, body, pathParameters: {} }, response);
    return response;
  };
  const ask = async (
    response = new KeptResponse(),
    body: string = JSON.stringify({ question: QUESTION }),
  ) => {
    await streamRoute(assistant)({ asker, body, pathParameters: {} }, response);
    const { events } = parseEvents(response.text);
    return { response, events, names: events.map(({ name }) => name), ...followContract(events) };
  };
  return { ...set, ask, complete, counted, calls: { primary: first.calls, fallback: second.calls } };
}
