import { randomUUID } from 'node:crypto';
import { invalidParameter } from '../appconfig/errors';

/** Source: AppConfig Data API reference, `StartConfigurationSession` and `GetLatestConfiguration`. */
const TOKEN_LIFETIME_MS = 24 * 60 * 60 * 1000;
const DEFAULT_POLL_INTERVAL_SECONDS = 60;

interface Token {
  readonly issuedAt: number;
  readonly usableAt: number;
  readonly intervalSeconds: number;
  /** version that this session was answered with last */
  readonly seenVersion?: number;
}

/** One answer to a poll. */
export interface Poll {
  /** whether the version is new to this session, so that the content has to be sent */
  readonly changed: boolean;
  readonly nextToken: string;
  readonly intervalSeconds: number;
}

/** The configuration sessions of the data plane: a chain of tokens each, every one for a single use. */
export class Sessions {
  private readonly tokens = new Map<string, Token>();

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number) {}

  /** @returns the session's first token, usable at once */
  start(intervalSeconds = DEFAULT_POLL_INTERVAL_SECONDS): string {
    return this.issue({ intervalSeconds, usableAt: this.now() });
  }

  /**
   * Uses up a token. One that comes too early stays usable.
   * @throws AwsError BadRequestException: Corrupted (unknown or used), Expired, PollIntervalNotSatisfied
   */
  poll(value: string, currentVersion: number): Poll {
    const now = this.now();
    const token = this.tokens.get(value);
    if (!token) throw invalidParameter('Token is invalid', 'configuration_token', 'Corrupted');
    if (now >= token.issuedAt + TOKEN_LIFETIME_MS) {
      throw invalidParameter('Token is expired', 'configuration_token', 'Expired');
    }
    const { intervalSeconds, usableAt, seenVersion } = token;
    if (now < usableAt) {
      throw invalidParameter('Request too early', 'configuration_token', 'PollIntervalNotSatisfied');
    }
    this.tokens.delete(value);
    const nextToken = this.issue({
      intervalSeconds,
      usableAt: now + intervalSeconds * 1000,
      seenVersion: currentVersion,
    });
    return { changed: seenVersion !== currentVersion, nextToken, intervalSeconds };
  }

  private issue(token: Omit<Token, 'issuedAt'>): string {
    const value = randomUUID();
    this.tokens.set(value, { ...token, issuedAt: this.now() });
    return value;
  }
}
