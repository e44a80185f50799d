import { z } from 'zod';
import type { Reply } from '../../platform/http/server';
import { type ControlPlaneScope, numberIn, requireIds } from './control-plane';
import { BadRequestError, notFound } from './errors';
import type { HostedVersion } from './hosted-versions';
import { type Call, type Operations, page, parseMembers } from './http';

const PROFILE = '/applications/{ApplicationId}/configurationprofiles/{ConfigurationProfileId}';
const CONTENT_TYPE = 'application/json';

const headers = z.object({
  'content-type': z.literal(CONTENT_TYPE, `the local AppConfig emulates ${CONTENT_TYPE} only`),
  description: z.string().optional(),
  'latest-version-number': z.coerce.number().int().min(0).optional(),
  versionlabel: z.undefined('the local AppConfig does not emulate version labels').optional(),
});

/** The versions of the profile's content. */
export function hostedVersionOperations(scope: ControlPlaneScope): Operations {
  const { resources, versions, arns } = scope;
  const ids = { ApplicationId: resources.application.id, ConfigurationProfileId: resources.profile.id };

  const reply = (status: number, { number, content, description }: HostedVersion): Reply => ({
    status,
    headers: {
      'application-id': ids.ApplicationId,
      'configuration-profile-id': ids.ConfigurationProfileId,
      'version-number': String(number),
      'content-type': CONTENT_TYPE,
      ...(description !== undefined && { description }),
    },
    body: content,
  });

  return {
    // Validators run when a version is deployed, not when it is written. AppConfig user guide, "Understanding validators".
    [`POST ${PROFILE}/hostedconfigurationversions`]: (call) => {
      call.permit('appconfig:CreateHostedConfigurationVersion', arns.application, arns.profile);
      requireIds(scope, call.path, 'application', 'profile');
      const { description, 'latest-version-number': latestNumber } = parseMembers(headers, call.headers);
      return reply(201, versions.create({ content: contentOf(call), description, latestNumber }));
    },

    [`GET ${PROFILE}/hostedconfigurationversions`]: ({ path, query, permit }) => {
      permit('appconfig:ListHostedConfigurationVersions', arns.application, arns.profile);
      requireIds(scope, path, 'application', 'profile');
      if (query.has('version_label')) {
        throw new BadRequestError('VersionLabel: the local AppConfig does not emulate version labels');
      }
      const items = versions.list().map(({ number, description }) => ({
        ...ids,
        VersionNumber: number,
        ContentType: CONTENT_TYPE,
        ...(description !== undefined && { Description: description }),
      }));
      return page(items, query);
    },

    [`GET ${PROFILE}/hostedconfigurationversions/{VersionNumber}`]: ({ path, permit }) => {
      const number = numberIn(path, 'VersionNumber');
      permit('appconfig:GetHostedConfigurationVersion', arns.application, arns.profile, arns.version(number));
      requireIds(scope, path, 'application', 'profile');
      const version = versions.find(number);
      if (version === undefined) throw notFound('HostedConfigurationVersion', number);
      return reply(200, version);
    },

    // A deployment keeps what it serves. Whether AppConfig refuses the version that is in force is assumed not to be so:
    // its API reference names no such error.
    [`DELETE ${PROFILE}/hostedconfigurationversions/{VersionNumber}`]: ({ path, permit }) => {
      const number = numberIn(path, 'VersionNumber');
      permit(
        'appconfig:DeleteHostedConfigurationVersion',
        arns.application,
        arns.profile,
        arns.version(number),
      );
      requireIds(scope, path, 'application', 'profile');
      if (!versions.delete(number)) throw notFound('HostedConfigurationVersion', number);
      return { status: 204 };
    },
  };
}

/**
 * @param name the version's number, as text
 * @throws BadRequestError, AwsError ResourceNotFoundException
 */
export function versionNamed({ versions }: ControlPlaneScope, name: string): HostedVersion {
  const number = numberIn({ ConfigurationVersion: name }, 'ConfigurationVersion');
  const version = versions.find(number);
  if (version === undefined) throw notFound('HostedConfigurationVersion', number);
  return version;
}

/** @throws BadRequestError for bytes that are no text, which no JSON is */
function contentOf({ body }: Call): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new BadRequestError('Content: must be UTF-8');
  }
}
