import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../platform/http/aws-error';
import { parseJson } from '../../platform/http/server';
import type { Deployments } from '../appconfig/deployments';
import { invalidParameter } from '../appconfig/errors';
import { parseMembers, type Operations } from '../appconfig/http';
import type { AppConfigResources, Named } from '../appconfig/resources';

/** Source: AppConfig Data API reference, `StartConfigurationSession`. */
const identifier = z.string().min(1).max(128);
const sessionRequest = z.object({
  ApplicationIdentifier: identifier,
  EnvironmentIdentifier: identifier,
  ConfigurationProfileIdentifier: identifier,
  RequiredMinimumPollIntervalInSeconds: z.int().min(15).max(86_400).nullish(),
});

interface DataPlaneOptions {
  readonly resources: AppConfigResources;
  readonly deployments: Pick<Deployments, 'servedAt'>;
  readonly now: () => number;
  readonly speed: number;
}

/** AppConfig Data: where clients poll for their configuration. */
export function dataPlane({ resources, deployments, now, speed }: DataPlaneOptions): Operations {
  const { region, accountId, application, environment, profile } = resources;
  const arn = `arn:aws:appconfig:${region}:${accountId}:application/${application.id}/environment/${environment.id}/configuration/${profile.id}`;
  const sessions = new Sessions(now, speed);

  return {
    'POST /configurationsessions': ({ body, permit }) => {
      permit('appconfig:StartConfigurationSession', arn);
      const asked = parseMembers(sessionRequest, parseJson(body));
      requireNamed('Application', application, asked.ApplicationIdentifier);
      requireNamed('Environment', environment, asked.EnvironmentIdentifier);
      requireNamed('ConfigurationProfile', profile, asked.ConfigurationProfileIdentifier);
      const token = sessions.start(asked.RequiredMinimumPollIntervalInSeconds ?? undefined);
      return { status: 201, body: { InitialConfigurationToken: token } };
    },

    'GET /configuration': ({ query, permit }) => {
      permit('appconfig:GetLatestConfiguration', arn);
      const token = query.get('configuration_token');
      if (token === null) throw invalidParameter('Token is missing', 'configuration_token', 'Corrupted');
      const { served, changed, nextToken, intervalSeconds } = sessions.poll(token, (place) =>
        deployments.servedAt(place),
      );
      return {
        status: 200,
        headers: {
          'next-poll-configuration-token': nextToken,
          'next-poll-interval-in-seconds': String(intervalSeconds),
        },
        body: changed ? served.content : '',
      };
    },
  };
}

function requireNamed(resourceType: string, { id, name }: Named, identifier: string): void {
  if (identifier === id || identifier === name) return;
  throw new AwsError(404, 'ResourceNotFoundException', `${resourceType} not found for ${identifier}`, {
    ResourceType: resourceType,
    ReferencedBy: { [`${resourceType}Identifier`]: identifier },
  });
}

/** Source: AppConfig Data API reference, `StartConfigurationSession` and `GetLatestConfiguration`. */
const TOKEN_LIFETIME_MS = 24 * 60 * 60 * 1000;
const DEFAULT_POLL_INTERVAL_SECONDS = 60;

interface Token {
  readonly issuedAt: number;
  readonly usableAt: number;
  readonly intervalSeconds: number;
  /**
   * Among all clients, from 0 to less than 100: the lower, the sooner it is given a deployment. How AppConfig chooses is
   * not published; that a session keeps its place is assumed.
   */
  readonly place: number;
  /** version that this session was answered with last */
  readonly seenVersion?: number;
}

/** One answer to a poll. */
interface Poll<T> {
  readonly served: T;
  /** whether the version is new to this session, so that the content has to be sent */
  readonly changed: boolean;
  readonly nextToken: string;
  readonly intervalSeconds: number;
}

/** The configuration sessions of the data plane: a chain of tokens each, every one for a single use. */
class Sessions {
  private readonly tokens = new Map<string, Token>();

  /**
   * @param now milliseconds since the epoch
   * @param speed clients wait by the machine's own time, and are told so much shorter intervals, in whole seconds
   */
  constructor(
    private readonly now: () => number,
    private readonly speed: number,
  ) {}

  /** @returns the session's first token, usable at once */
  start(asked = DEFAULT_POLL_INTERVAL_SECONDS): string {
    const intervalSeconds = Math.ceil(asked / this.speed);
    return this.issue({ intervalSeconds, usableAt: this.now(), place: Math.random() * 100 });
  }

  /**
   * Uses up a token. One that comes too early stays usable.
   * @param servedAt what a client at a place is served
   * @throws AwsError BadRequestException: Corrupted (unknown or used), Expired, PollIntervalNotSatisfied
   */
  poll<T extends { readonly version: number }>(value: string, servedAt: (place: number) => T): Poll<T> {
    const now = this.now();
    const token = this.tokens.get(value);
    if (!token) throw invalidParameter('Token is invalid', 'configuration_token', 'Corrupted');
    if (now >= token.issuedAt + TOKEN_LIFETIME_MS) {
      throw invalidParameter('Token is expired', 'configuration_token', 'Expired');
    }
    const { intervalSeconds, usableAt, place, seenVersion } = token;
    if (now < usableAt) {
      throw invalidParameter('Request too early', 'configuration_token', 'PollIntervalNotSatisfied');
    }
    this.tokens.delete(value);
    const served = servedAt(place);
    const nextToken = this.issue({
      intervalSeconds,
      usableAt: now + intervalSeconds * 1000,
      place,
      seenVersion: served.version,
    });
    return { served, changed: seenVersion !== served.version, nextToken, intervalSeconds };
  }

  private issue(token: Omit<Token, 'issuedAt'>): string {
    const value = randomUUID();
    this.tokens.set(value, { ...token, issuedAt: this.now() });
    return value;
  }
}
