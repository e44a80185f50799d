/*
 * What the server tells the page. It imports nothing: the page, which knows a browser, is not to be checked together with
 * the whole operator.
 */

export type Role = 'primary' | 'secondary';

/** Something that was read, or why it could not be. */
type Read<T> = T | string;

export type AnswersByTier = Readonly<Record<'primary' | 'fallback' | 'degraded', number>>;

/** What the page shows of a region. */
export interface RegionPicture {
  readonly role: Role;
  readonly region: string;
  readonly configuration: Read<{
    readonly deployed: { readonly number: number; readonly version: string };
    readonly answering: { readonly source: string; readonly version: string } | null;
  }>;
  /** To callers: since the start of `npm start`, or in the last hour of a deployment. */
  readonly answers: Read<AnswersByTier>;
  /** Those that are not closed. */
  readonly circuits: Read<
    readonly { readonly model: string; readonly phase: string; readonly forced: boolean }[]
  >;
  readonly alarms: Read<readonly { readonly name: string; readonly state: string }[]>;
  /** Calls that reached each model; of a deployment, what it has answered callers. */
  readonly modelCalls: Readonly<Record<string, number>>;
  /** Which models answer what there, the default rule first. */
  readonly rules: readonly { readonly type: string; readonly primary: string; readonly fallback: string }[];
  readonly canary: Read<{ readonly asked: number; readonly unanswered: number }>;
}

export interface FaultPicture {
  readonly id: string;
  readonly region: string;
  readonly target: string;
  readonly mode: string;
  readonly model?: string;
  readonly rate: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly expiresAt?: number;
}

/** What is sent to a page in sections, each when it has changed. */
export interface Picture {
  /** Roles; empty where they are not known. */
  readonly failover: { readonly name: string; readonly servedBy: string; readonly resolvesTo: string };
  readonly evacuation: Read<{ readonly evacuated: boolean; readonly since?: string }>;
  /** Who answers for them: `stand-in`, `aws`, … */
  readonly models: string;
  readonly healthChecks: Read<
    readonly {
      readonly id: string;
      readonly name: string;
      readonly healthy: boolean;
      readonly reason: string;
    }[]
  >;
  readonly regions: readonly RegionPicture[];
  readonly faults: readonly FaultPicture[];
  /** Emulated seconds in a real one. */
  readonly speed: number;
  /** Of the link between the regions; null where there is nothing to tell it by. */
  readonly replication: {
    /** From a write to its arrival. */
    readonly lagMs: number | null;
    /** Writes that have not arrived yet. */
    readonly pending: number | null;
    /** Since the first of those. */
    readonly behindMs: number | null;
  };
  /** Where no single requests are told: answers in both regions, a stretch of time after the other. */
  readonly traffic: Read<readonly Bin[]> | null;
  readonly troubles: readonly string[];
  /** Parts that are not known, with the reason. */
  readonly unread: readonly string[];
  /** How often AWS is asked, and what that costs; empty where nothing is paid for. */
  readonly cost: string;
  readonly job: Job | null;
}

/** A stretch of the chart: how many answers of each kind, and how long they took. */
export interface Bin {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly counts: AnswersByTier;
  /** Median milliseconds of those that a model gave; null for none. */
  readonly medianMs: number | null;
}

/** A command of the operator's that the page has started; one at a time. */
export interface Job {
  readonly title: string;
  readonly lines: readonly string[];
  /** null while it runs. */
  readonly exitCode: number | null;
  /** Name of the report that it has written. */
  readonly report: string | null;
}

/** What a page is told first, and does not change while the system runs. */
export interface About {
  /** What names of alarms begin with. */
  readonly project: string;
  /** How a lost or returned region is noticed; times are emulated. */
  readonly failover: {
    readonly failureThreshold: number;
    readonly intervalSeconds: number;
    /** Within which the last callers follow. */
    readonly moveSeconds: number;
  };
  /** What can be done to a running `npm start`; null for a deployment, which is looked at alone. */
  readonly tools: Tools | null;
}

export interface Tools {
  /** To be shown with whatever changes something; another one after each start. */
  readonly token: string;
  readonly demoKey: string;
  /** What can be put into what: modes by target. */
  readonly modes: Readonly<Record<string, readonly string[]>>;
  /** US dollars per million tokens, as listed on that day. */
  readonly prices: {
    readonly date: string;
    readonly models: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
  };
  readonly scenarios: readonly { readonly name: string; readonly description: string }[];
}

/** A line of a function's log about a request, without what only metrics need; `at` is this machine's time. */
export interface Line {
  readonly at: number;
  readonly role: Role;
  /** The function. */
  readonly from: string;
  readonly message: string;
  readonly requestId?: string;
  readonly source?: string;
  readonly caller?: string;
  readonly tier?: string;
  readonly model?: string;
  readonly circuit?: string;
  readonly failure?: string;
  readonly attempt?: number;
  readonly durationMs?: number;
  readonly stopReason?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly status?: number;
  readonly code?: string;
  /** Of a request that is recorded. */
  readonly xray_trace_id?: string;
}

/** A part of a traced request's way. */
export interface TracedStep {
  /** Milliseconds after its begin. */
  readonly at: number;
  /** Milliseconds; null while it is under way. */
  readonly took: number | null;
  /** How many parts it is within. */
  readonly depth: number;
  readonly what: string;
  readonly failed: boolean;
}

/** Something that changed in the system; `at` is this machine's time. */
export type Happening = { readonly at: number } & (
  | { readonly kind: 'check'; readonly name: string; readonly healthy: boolean; readonly reason: string }
  | { readonly kind: 'dns'; readonly to: string }
  | { readonly kind: 'callers'; readonly to: string }
  | { readonly kind: 'fault'; readonly begins: boolean; readonly what: string }
  | { readonly kind: 'evacuation'; readonly evacuated: boolean }
  | { readonly kind: 'circuit'; readonly region: string; readonly model: string; readonly phase: string }
  | { readonly kind: 'alarm'; readonly region: string; readonly name: string; readonly state: string }
  | { readonly kind: 'configuration'; readonly region: string; readonly version: string }
);
