import { z } from 'zod';
import { AwsError, requirePermission } from '../aws-http/aws-error';
import { parseJson } from '../aws-http/body';
import { AwsServer, type AwsRequest, type Reply } from '../aws-http/server';
import { requireScope } from '../aws-http/sigv4';
import type { FaultEffect } from '../faults/effects';
import { withEffect } from '../faults/with-effect';
import type { Deployments } from './deployments';
import { BadRequestError, invalidParameter } from './errors';
import type { AppConfigResources, Named } from './resources';
import { Sessions } from './sessions';

/** Far more than the four short members that a session needs. */
const MAX_BODY_BYTES = 64 * 1024;

/** Source: AppConfig Data API reference, `StartConfigurationSession`. */
const identifier = z.string().min(1).max(128);
const sessionRequest = z.object({
  ApplicationIdentifier: identifier,
  EnvironmentIdentifier: identifier,
  ConfigurationProfileIdentifier: identifier,
  RequiredMinimumPollIntervalInSeconds: z.int().min(15).max(86_400).nullish(),
});

export type DataPlaneAction = 'appconfig:StartConfigurationSession' | 'appconfig:GetLatestConfiguration';

/** Throws an error named `AccessDenied...` when this caller may not do this. */
export type AuthorizeDataPlane = (accessKeyId: string, action: DataPlaneAction, resourceArn: string) => void;

export interface DataPlaneOptions {
  readonly resources: AppConfigResources;
  readonly deployments: Pick<Deployments, 'current'>;
  readonly authorize: AuthorizeDataPlane;
  readonly now: () => number;
  /** What is wrong with the service now. */
  readonly fault: () => FaultEffect | undefined;
}

/** AppConfig Data: where clients poll for their configuration. */
export function createDataPlane({
  resources,
  deployments,
  authorize,
  now,
  fault,
}: DataPlaneOptions): AwsServer {
  const { region, accountId, application, environment, profile } = resources;
  const arn = `arn:aws:appconfig:${region}:${accountId}:application/${application.id}/environment/${environment.id}/configuration/${profile.id}`;
  const sessions = new Sessions(now);

  const permit = ({ headers }: AwsRequest, action: DataPlaneAction): void => {
    const { accessKeyId } = requireScope(headers.authorization, { region, service: 'appconfig' });
    requirePermission(() => {
      authorize(accessKeyId, action, arn);
    });
  };

  const operations: Readonly<Record<string, (request: AwsRequest) => Reply>> = {
    'POST /configurationsessions': (request) => {
      permit(request, 'appconfig:StartConfigurationSession');
      const asked = parseSessionRequest(request.body);
      requireNamed('Application', application, asked.ApplicationIdentifier);
      requireNamed('Environment', environment, asked.EnvironmentIdentifier);
      requireNamed('ConfigurationProfile', profile, asked.ConfigurationProfileIdentifier);
      const token = sessions.start(asked.RequiredMinimumPollIntervalInSeconds ?? undefined);
      return { status: 201, body: { InitialConfigurationToken: token } };
    },

    'GET /configuration': (request) => {
      permit(request, 'appconfig:GetLatestConfiguration');
      const token = request.query.get('configuration_token');
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

  return new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    messageMember: 'Message',
    handle: (request) => {
      const route = `${request.method} ${request.path}`;
      const operation = Object.hasOwn(operations, route) ? operations[route] : undefined;
      if (!operation) throw new AwsError(404, 'UnknownOperationException', `No operation at ${route}`);
      return withEffect(fault(), async () => Promise.resolve(operation(request)), request.signal);
    },
  });
}

function parseSessionRequest(body: Buffer): z.infer<typeof sessionRequest> {
  const result = sessionRequest.safeParse(parseJson(body));
  if (result.success) return result.data;
  throw new BadRequestError(
    result.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`).join('; '),
  );
}

function requireNamed(resourceType: string, { id, name }: Named, identifier: string): void {
  if (identifier === id || identifier === name) return;
  throw new AwsError(404, 'ResourceNotFoundException', `${resourceType} not found for ${identifier}`, {
    ResourceType: resourceType,
    ReferencedBy: { [`${resourceType}Identifier`]: identifier },
  });
}
