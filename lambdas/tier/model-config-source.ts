import { defaultModelConfig } from '../../contract/default-model-config';
import type { ModelConfig } from '../../contract/model-config';
import { contentVersion } from '../../contract/model-config-version';
import { STALE_INTERVALS } from '../../contract/model-selection';
import { within } from './bounded-wait';
import { nameOf, type Log } from './telemetry';

/** The rules that answer a request, and where they came from. */
export interface ActiveModelConfig {
  readonly config: ModelConfig;
  /** `bundled`: this instance has not reached AppConfig yet, and answers by the rules it was built with. */
  readonly source: 'appconfig' | 'bundled';
  /** The version's label in AppConfig, or else its content's hash. */
  readonly version: string;
}

/** One poll's result. */
export interface Poll {
  /** Absent when nothing has changed since the last poll. */
  readonly content?: string;
  readonly label?: string;
  readonly nextToken: string;
  readonly nextPollSeconds: number;
}

/** AppConfig's data plane; both calls reject when it cannot be reached in time. */
export interface AppConfigClient {
  /** @returns the first token */
  startSession(): Promise<string>;
  /** @param token serves once */
  poll(token: string): Promise<Poll>;
}

export interface ModelConfigSourceOptions {
  readonly client: AppConfigClient;
  /** @default - the clock */
  readonly now?: () => number;
  /**
   * What is answered by until AppConfig is reached.
   * @default - the shipped rules as they stand
   */
  readonly shipped?: ModelConfig;
  /** Told of each failed poll and of each version taken into use. */
  readonly log: Log;
  /** Told of each poll that failed, or after which the latest version cannot be read. @default - nobody */
  readonly onFailure?: () => void;
}

/** After a failed poll, the next is not tried on the next request but this much later. */
const RETRY_AFTER_FAILURE_MS = 5_000;

const bundled = (config: ModelConfig): ActiveModelConfig => ({
  config,
  source: 'bundled',
  version: contentVersion(JSON.stringify(config)),
});

/** No request waits longer for rules that have grown old; a health check has two seconds in all. */
const STALE_WAIT_MS = 1_000;

/**
 * The model rules, kept for the life of an instance. The first request waits for AppConfig; later ones get what is
 * known while a poll that is due runs beside them. Lambda freezes that poll with the instance once the request is
 * answered, so one that finds the rules older than two intervals waits for newer ones, if not for long. What a poll
 * says is as old as the poll: its answer may have lain there while the instance was frozen. Failure of AppConfig keeps
 * the last known rules.
 */
export class ModelConfigSource {
  private active: ActiveModelConfig;
  /** As AppConfig has it, which hands it out anew in each session. */
  private content: string | undefined;
  private token: string | undefined;
  private nextPollAt = 0;
  /** From when on a request waits for a poll; a wait in vain puts it off, so that others do not wait as well. */
  private staleAt = 0;
  private polling: Promise<void> | undefined;
  private firstPoll: Promise<void> | undefined;
  /** Whether the latest version cannot be read: AppConfig hands it out once, and it is in force all the same. */
  private isRefused = false;
  private readonly now: () => number;

  constructor(private readonly options: ModelConfigSourceOptions) {
    this.now = options.now ?? Date.now;
    this.active = bundled(options.shipped ?? defaultModelConfig);
  }

  async current(): Promise<ActiveModelConfig> {
    if (this.now() >= this.nextPollAt) this.polling ??= this.refresh();
    this.firstPoll ??= this.polling;
    await this.firstPoll;
    if (this.now() >= this.staleAt) {
      await within(this.untilFresh(), STALE_WAIT_MS);
      if (this.now() >= this.staleAt) this.staleAt = this.now() + RETRY_AFTER_FAILURE_MS;
    }
    return this.active;
  }

  /** The poll that is under way may have been frozen; one that begins now is not older than this. */
  private async untilFresh(): Promise<void> {
    for (let polls = 0; polls < 2 && this.now() >= this.staleAt; polls += 1) {
      await (this.polling ??= this.refresh());
    }
  }

  private async refresh(): Promise<void> {
    try {
      const isNewSession = this.token === undefined;
      await this.poll().catch((error: unknown) => {
        // A freeze may have outlived its connection, or a day its session.
        if (isNewSession) throw error;
        return this.poll();
      });
    } catch (error) {
      this.nextPollAt = this.now() + RETRY_AFTER_FAILURE_MS;
      this.staleAt = Math.max(this.staleAt, this.nextPollAt);
      this.options.log('WARN', 'poll_failed', { detail: nameOf(error) });
      this.options.onFailure?.();
    } finally {
      this.polling = undefined;
    }
  }

  private async poll(): Promise<void> {
    const { client } = this.options;
    // To make the schema takes some ten milliseconds of a start, which nobody waits for while AppConfig is asked.
    const [token, { modelConfigSchema }] = await Promise.all([
      this.token ?? client.startSession(),
      import('../../contract/model-config.ts'),
    ]);
    // Used or lost in a failed call, or 24 hours old: a token that was sent is never sent again.
    this.token = undefined;
    const began = this.now();
    const poll = await client.poll(token);
    this.token = poll.nextToken;
    const intervalMs = poll.nextPollSeconds * 1_000;
    this.staleAt = began + STALE_INTERVALS * intervalMs;
    // AppConfig refuses a token that comes sooner after its answer.
    this.nextPollAt = Math.min(this.now() + intervalMs, this.staleAt);
    const { content, label } = poll;
    if (content === undefined) {
      if (this.isRefused) this.options.onFailure?.();
      return;
    }
    const parsed = modelConfigSchema.safeParse(parseJson(content));
    this.isRefused = !parsed.success;
    if (!parsed.success) {
      this.options.log('WARN', 'config_refused', { detail: parsed.error.issues });
      this.options.onFailure?.();
      return;
    }
    const version = label ?? contentVersion(content);
    // A label tells no versions apart: once one is deleted, another may bear it, as far as AWS's documents say.
    if (content === this.content && version === this.active.version) return;
    this.content = content;
    this.active = { config: parsed.data, source: 'appconfig', version };
    this.options.log('INFO', 'config_changed', { configurationVersion: version });
  }
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
