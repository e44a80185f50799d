import { z } from 'zod';
import { AwsError } from '../../platform/http/aws-error';
import { parseJson } from '../../platform/http/body';
import type { Deployments } from '../appconfig/deployments';
import { invalidParameter } from '../appconfig/errors';
import type { Operations } from '../appconfig/operations';
import { parseMembers } from '../appconfig/parse-members';
import type { AppConfigResources, Named } from '../appconfig/resources';
import { Sessions } from './sessions';

/** Source: AppConfig Data API reference, `StartConfigurationSession`. */
const identifier = z.string().min(1).max(128);
const sessionRequest = z.object({
  ApplicationIdentifier: identifier,
  EnvironmentIdentifier: identifier,
  ConfigurationProfileIdentifier: identifier,
  RequiredMinimumPollIntervalInSeconds: z.int().min(15).max(86_400).nullish(),
});

export interface DataPlaneOptions {
  readonly resources: AppConfigResources;
  readonly deployments: Pick<Deployments, 'current'>;
  readonly now: () => number;
}

/** AppConfig Data: where clients poll for their configuration. */
export function dataPlane({ resources, deployments, now }: DataPlaneOptions): Operations {
  const { region, accountId, application, environment, profile } = resources;
  const arn = `arn:aws:appconfig:${region}:${accountId}:application/${application.id}/environment/${environment.id}/configuration/${profile.id}`;
  const sessions = new Sessions(now);

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
      const { version, content } = deployments.current();
      const { changed, nextToken, intervalSeconds } = sessions.poll(token, version);
      return {
        status: 200,
        headers: {
          'next-poll-configuration-token': nextToken,
          'next-poll-interval-in-seconds': String(intervalSeconds),
        },
        body: changed ? content : '',
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
