/** A set of regions that an inference profile spreads requests over; the prefix of its ID. */
export type Geography = 'us' | 'eu' | 'global';

/** What a model may refuse in a request, beside what the API itself refuses. */
export type Refusal = 'system' | 'temperature' | 'topP' | 'temperatureWithTopP' | 'thinkingOff';

export interface FoundationModel {
  /** model ID without a geography */
  readonly id: string;
  /** as ListFoundationModels has it, without its provider */
  readonly name: string;
  /** source regions that serve the bare ID on demand; elsewhere only a profile does */
  readonly onDemand: readonly string[];
  readonly profiles: readonly Geography[];
  /** longest input, in tokens; default 200,000 */
  readonly contextTokens?: number;
  /** largest `maxTokens` accepted; not checked when left out */
  readonly outputTokens?: number;
  /** first day (UTC, `YYYY-MM-DD`) on which the model is gone */
  readonly endOfLife?: string;
  /** days before that on which it is Legacy; default: 181, AWS's usual half a year */
  readonly legacyDays?: number;
  readonly refuses?: readonly Refusal[];
  /** the account's quota by default; `requests`: of a model that has had one, though Bedrock counts tokens alone now */
  readonly tokensPerMinute?: number;
  readonly requestsPerMinute?: number;
  /** what it takes as `additionalModelRequestFields`; it refuses all others */
  readonly fields?: readonly string[];
}

const VIRGINIA = ['us-east-1'];
const BOTH = ['us-east-1', 'us-west-2'];
const SAMPLING: readonly Refusal[] = ['temperature', 'topP'];
const CLAUDE_FIELDS = ['thinking', 'output_config', 'top_k', 'anthropic_beta'];

/**
 * Of models launched since 2026-09-07 the card names the Legacy period, half a year or 45 days: the shorter one is
 * assumed ("Model lifecycle"), and that each ends on the first day on which it may.
 */
const earliest = (endOfLife: string) => ({ endOfLife, legacyDays: 45 });

/** What the Claude models since 4.7 have in common. */
function claude(
  name: string,
  refuses: readonly Refusal[] = [],
  more: Pick<FoundationModel, 'endOfLife' | 'legacyDays' | 'tokensPerMinute'> = {},
): FoundationModel {
  return {
    id: `anthropic.claude-${name.toLowerCase().replace(/[ .]/g, '-')}`,
    name: `Claude ${name}`,
    onDemand: [],
    profiles: ['us', 'eu', 'global'],
    contextTokens: 1_000_000,
    outputTokens: 128_000,
    refuses: [...SAMPLING, ...refuses],
    fields: CLAUDE_FIELDS,
    ...more,
  };
}

/** What the Claude models before 4.7 have in common that are still there. */
const CLAUDE_4 = {
  onDemand: [],
  profiles: ['us', 'global'],
  outputTokens: 64_000,
  refuses: ['temperatureWithTopP'],
  fields: CLAUDE_FIELDS,
} as const;

const claude3 = (
  id: string,
  name: string,
  onDemand: readonly string[],
  endOfLife: string,
): FoundationModel => ({ id, name, onDemand, profiles: ['us'], endOfLife });

const nova = (
  id: string,
  name: string,
  limits: Pick<FoundationModel, 'contextTokens' | 'requestsPerMinute'>,
): FoundationModel => ({ id, name, onDemand: VIRGINIA, profiles: ['us'], outputTokens: 10_000, ...limits });

const titan = (
  id: string,
  name: string,
  onDemand: readonly string[],
  contextTokens: number,
  outputTokens: number,
): FoundationModel => ({
  ...{ id, name, onDemand, contextTokens, outputTokens },
  ...{ profiles: [], endOfLife: '2025-08-15', refuses: ['system'] },
});

const llama = (id: string, name: string, onDemand: readonly string[]): FoundationModel => ({
  ...{ id, name, onDemand, profiles: ['us'], contextTokens: 128_000 },
});

/**
 * Text models that us-east-1 and us-west-2 serve, and those of them that have `eu` profiles; an ID that is not here is invalid, as it is on AWS.
 * Source: Bedrock user guide ("Supported foundation models", "Inference profiles", "Model lifecycle", model cards) as of
 * November 2026; refusals of parameters from Anthropic's migration guides; quotas from AWS's General Reference: of Claude
 * 5.5 as of 2026-10-08, of Nova v1 as of June 2025, of Sonnet 5 as seen in an account in September 2026. Where AWS's last day is not known,
 * `endOfLife` is the day on which the model was first seen to be gone.
 */
export const FOUNDATION_MODELS: readonly FoundationModel[] = [
  claude('Haiku 5.5', [], earliest('2027-10-07')),
  // Twelve months, which AWS promises of every model, from its launch.
  claude('Sonnet 5.5', ['thinkingOff'], { ...earliest('2027-09-28'), tokensPerMinute: 6_000_000 }),
  claude('Opus 5.5', ['thinkingOff'], { tokensPerMinute: 30_000_000 }),
  claude('Opus 5'),
  claude('Opus 4.8'),
  claude('Sonnet 5', [], { tokensPerMinute: 6_000_000 }),
  { id: 'anthropic.claude-sonnet-4-6', name: 'Claude Sonnet 4.6', ...CLAUDE_4 },
  { id: 'anthropic.claude-sonnet-4-5-20250929-v1:0', name: 'Claude Sonnet 4.5', ...CLAUDE_4 },
  { id: 'anthropic.claude-haiku-4-5-20251001-v1:0', name: 'Claude Haiku 4.5', ...CLAUDE_4 },
  claude3('anthropic.claude-3-5-sonnet-20240620-v1:0', 'Claude 3.5 Sonnet', BOTH, '2026-05-06'),
  claude3('anthropic.claude-3-5-sonnet-20241022-v2:0', 'Claude 3.5 Sonnet v2', [], '2026-05-06'),
  claude3('anthropic.claude-3-5-haiku-20241022-v1:0', 'Claude 3.5 Haiku', [], '2026-08-29'),
  claude3('anthropic.claude-3-sonnet-20240229-v1:0', 'Claude 3 Sonnet', BOTH, '2026-07-30'),
  claude3('anthropic.claude-3-haiku-20240307-v1:0', 'Claude 3 Haiku', BOTH, '2026-09-10'),
  {
    id: 'amazon.nova-2-lite-v1:0',
    name: 'Nova 2 Lite',
    onDemand: [],
    profiles: ['us', 'eu', 'global'],
    contextTokens: 1_000_000,
    fields: ['reasoningConfig', 'inferenceConfig'],
  },
  nova('amazon.nova-micro-v1:0', 'Nova Micro', { contextTokens: 128_000, requestsPerMinute: 2_000 }),
  nova('amazon.nova-lite-v1:0', 'Nova Lite', { contextTokens: 300_000, requestsPerMinute: 2_000 }),
  nova('amazon.nova-pro-v1:0', 'Nova Pro', { contextTokens: 300_000, requestsPerMinute: 200 }),
  titan('amazon.titan-text-express-v1', 'Titan Text G1 - Express', BOTH, 8_000, 8_192),
  titan('amazon.titan-text-lite-v1', 'Titan Text G1 - Lite', BOTH, 4_000, 4_096),
  titan('amazon.titan-text-premier-v1:0', 'Titan Text G1 - Premier', VIRGINIA, 32_000, 3_000),
  llama('meta.llama3-1-8b-instruct-v1:0', 'Llama 3.1 8B Instruct', ['us-west-2']),
  llama('meta.llama3-1-70b-instruct-v1:0', 'Llama 3.1 70B Instruct', ['us-west-2']),
  llama('meta.llama3-3-70b-instruct-v1:0', 'Llama 3.3 70B Instruct', []),
];

const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'Anthropic',
  amazon: 'Amazon',
  meta: 'Meta',
};

export const providerOf = ({ id }: FoundationModel): string => PROVIDERS[id.split('.')[0] ?? ''] ?? '';

const DAY_MS = 86_400_000;
const LEGACY_DAYS = 181;

/** Where a model is in its life. */
export function lifeOf(
  { endOfLife, legacyDays = LEGACY_DAYS }: FoundationModel,
  now: number,
):
  | { readonly status: 'ACTIVE' | 'GONE' }
  | { readonly status: 'LEGACY'; readonly since: number; readonly until: number } {
  if (endOfLife === undefined) return { status: 'ACTIVE' };
  const until = Date.parse(endOfLife);
  const since = until - legacyDays * DAY_MS;
  if (now >= until) return { status: 'GONE' };
  return now < since ? { status: 'ACTIVE' } : { status: 'LEGACY', since, until };
}
