import type { Deployments } from '../deployments';
import { BadRequestError, notFound } from '../errors';
import type { HostedVersions } from '../hosted-versions';
import type { Call } from '../operations';
import type { AppConfigResources } from '../resources';
import type { ContentValidator } from '../validation';
import type { Arns } from './arns';

/** What the control plane works on: one profile of one application, and its one environment. */
export interface ControlPlaneScope {
  readonly resources: AppConfigResources;
  readonly versions: HostedVersions;
  readonly deployments: Deployments;
  readonly validator: ContentValidator;
  readonly arns: Arns;
}

/** Unlike the data plane, the control plane takes no names. Source: AppConfig API reference, `ApplicationId`. */
const ID = /^[a-z0-9]{4,7}$/;

type Identified = 'application' | 'environment' | 'profile';

const TYPES = {
  application: { member: 'ApplicationId', type: 'Application' },
  environment: { member: 'EnvironmentId', type: 'Environment' },
  profile: { member: 'ConfigurationProfileId', type: 'ConfigurationProfile' },
} as const;

/**
 * Makes sure that a request names what this stack has.
 * @param members the path's, or the body's
 * @throws BadRequestError for what is no id, AwsError ResourceNotFoundException for another's id
 */
export function requireIds(
  { resources }: ControlPlaneScope,
  members: Readonly<Record<string, string>>,
  ...identified: readonly Identified[]
): void {
  for (const name of identified) {
    const { member, type } = TYPES[name];
    const id = members[member] ?? '';
    if (!ID.test(id)) throw new BadRequestError(`${member}: an id must match ${ID.source}`);
    if (id !== resources[name].id) throw notFound(type, id);
  }
}

/** @throws BadRequestError */
export function numberIn(path: Call['path'], member: string): number {
  const text = path[member] ?? '';
  if (!/^\d{1,9}$/.test(text)) throw new BadRequestError(`${member}: must be a whole number`);
  return Number(text);
}
