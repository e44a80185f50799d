/** Environment variables: constructs set them, the functions read them. Values are text, as Lambda has it. */

export interface ModelConfigEnvironment {
  readonly APPCONFIG_APPLICATION: string;
  readonly APPCONFIG_ENVIRONMENT: string;
  readonly APPCONFIG_PROFILE: string;
  /** Seconds between two polls; AppConfig refuses less than 15. */
  readonly APPCONFIG_POLL_SECONDS: string;
  /** Whose inference profiles the bundled rules name; empty where they are as they stand. */
  readonly MODEL_GEOGRAPHY: string;
}

export interface MetricsEnvironment {
  readonly METRIC_NAMESPACE: string;
}

/** What it takes to ask models. */
export interface ModelAccessEnvironment extends ModelConfigEnvironment, MetricsEnvironment {
  readonly CIRCUIT_TABLE: string;
  readonly USAGE_TABLE: string;
  /** `CircuitSettings` as JSON. */
  readonly CIRCUIT_SETTINGS: string;
  /** The longest that is waited where a model asks for it. */
  readonly MAX_RETRY_AFTER_SECONDS: string;
  /** `Guardrail` as JSON; empty where none is applied. */
  readonly GUARDRAIL: string;
  /** `KeptConversations` as JSON; empty where none are kept. */
  readonly CONVERSATIONS: string;
}

/** How long a tier has, in milliseconds. */
export interface TierTime {
  /** After the request's start, when it must have ended. */
  readonly deadlineMs: number;
  /** What it has at the least. */
  readonly leastMs: number;
}

export interface TierEnvironment extends ModelAccessEnvironment {
  /** `TierTime` as JSON. */
  readonly TIER_TIME: string;
  /** The last tier's `deadlineMs`: what is left until then, a next tier has. */
  readonly LAST_DEADLINE_MS: string;
}

/** When an answer has to begin, by which tier, and how long after the request's start it may then go on. */
export interface StreamTimes extends Readonly<Record<'primary' | 'fallback', TierTime>> {
  /** Milliseconds. */
  readonly longestMs: number;
}

export interface ChatEnvironment extends ModelAccessEnvironment, DegradationEnvironment {
  /** `StreamTimes` as JSON. */
  readonly STREAM_TIMES: string;
  /** How many all callers together may use on a day, where nobody says who asks; in digits, or empty. */
  readonly TOKENS_PER_DAY: string;
  /** `SystemMessages` */
  readonly SYSTEM_MESSAGES: string;
}

export interface DegradationEnvironment extends MetricsEnvironment {
  /** Said when no tier had the rules, whose message comes first. */
  readonly MAINTENANCE_MESSAGE: string;
  /** Seconds a caller is asked to wait before the next try. */
  readonly RETRY_AFTER_SECONDS: string;
}

export interface AuthorizerEnvironment {
  /** `KnownCallers` as JSON. */
  readonly CALLERS: string;
}
