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

export interface TierEnvironment extends ModelAccessEnvironment {
  /** Milliseconds after the execution's start at which the tier must have ended. */
  readonly TIER_DEADLINE_MS: string;
  /** The same of the last tier: what is left until then, a next tier has. */
  readonly LAST_TIER_DEADLINE_MS: string;
  /** Milliseconds that the tier has at the least. */
  readonly TIER_LEAST_MS: string;
}

/** Milliseconds: the deployment's budget, within which an answer has to begin, and how long it may then go on. */
export interface TimeBudget {
  readonly totalMs: number;
  readonly primaryMs: number;
  readonly reserveMs: number;
  readonly longestMs: number;
}

export interface ChatEnvironment extends ModelAccessEnvironment, DegradationEnvironment {
  /** `TimeBudget` as JSON. */
  readonly TIME_BUDGET: string;
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
