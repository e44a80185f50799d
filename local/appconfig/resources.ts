import { UnsupportedError, type Resource } from '../terraform/resource';

/** What the synthesized stack says of its one AppConfig profile, environment and deployment. */
export interface AppConfigResources {
  readonly region: string;
  readonly accountId: string;
  readonly application: Named;
  readonly environment: Named;
  readonly profile: Named & { readonly address: string };
  /** JSON schemas (draft-04) that a configuration has to satisfy, as text */
  readonly schemas: readonly string[];
  readonly strategy: { readonly bakeMinutes: number };
  /** the configuration that Terraform deploys */
  readonly seed: { readonly address: string; readonly content: string; readonly version: number };
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

const TYPES = [
  'aws_appconfig_application',
  'aws_appconfig_environment',
  'aws_appconfig_configuration_profile',
  'aws_appconfig_hosted_configuration_version',
  'aws_appconfig_deployment_strategy',
  'aws_appconfig_deployment',
] as const;

/** Strategies that AWS has made already. Source: AppConfig user guide, "Predefined deployment strategies". */
const PREDEFINED_STRATEGIES: Readonly<Record<string, { bakeMinutes: number }>> = {
  'AppConfig.AllAtOnce': { bakeMinutes: 10 },
};

/**
 * @param resources those of one stack; other services' are left alone
 * @throws UnsupportedError for what AppConfig could do and the local run does not act out
 */
export function readResources(resources: readonly Resource[]): AppConfigResources {
  for (const { address, type } of resources) {
    if (type.startsWith('aws_appconfig_') && !(TYPES as readonly string[]).includes(type)) {
      throw new UnsupportedError(address, `${type} is not acted out`);
    }
  }
  const one = (type: (typeof TYPES)[number]): Resource => only(resources, type);
  const application = one('aws_appconfig_application');
  const environment = one('aws_appconfig_environment');
  const profile = one('aws_appconfig_configuration_profile');
  const [, , , region = '', accountId = ''] = text(application, 'arn').split(':');
  refuse(environment, 'monitor', blocks(environment, 'monitor').length > 0, 'rolling back on an alarm');
  refuse(profile, 'location_uri', profile.values.location_uri !== 'hosted', 'a store that is not hosted');
  refuse(
    profile,
    'type',
    (profile.values.type ?? 'AWS.Freeform') !== 'AWS.Freeform',
    'a type that is not AWS.Freeform',
  );
  return {
    region,
    accountId,
    application: { id: text(application, 'id'), name: text(application, 'name') },
    environment: { id: text(environment, 'environment_id'), name: text(environment, 'name') },
    profile: {
      address: profile.address,
      id: text(profile, 'configuration_profile_id'),
      name: text(profile, 'name'),
    },
    schemas: blocks(profile, 'validator').map((validator) => {
      refuse(profile, 'validator', validator.type !== 'JSON_SCHEMA', 'a validator that is not a JSON_SCHEMA');
      return String(validator.content);
    }),
    strategy: readStrategy(resources, one('aws_appconfig_deployment')),
    seed: readSeed(one('aws_appconfig_hosted_configuration_version'), one('aws_appconfig_deployment')),
  };
}

function readStrategy(resources: readonly Resource[], deployment: Resource): AppConfigResources['strategy'] {
  const id = text(deployment, 'deployment_strategy_id');
  const predefined = Object.hasOwn(PREDEFINED_STRATEGIES, id) ? PREDEFINED_STRATEGIES[id] : undefined;
  if (predefined) return predefined;
  refuse(deployment, 'deployment_strategy_id', id.startsWith('AppConfig.'), `the strategy ${id}`);
  const strategy = only(resources, 'aws_appconfig_deployment_strategy');
  const { values } = strategy;
  refuse(
    strategy,
    'deployment_duration_in_minutes',
    Number(values.deployment_duration_in_minutes) !== 0 || Number(values.growth_factor) !== 100,
    'a gradual deployment (duration not 0, growth not 100)',
  );
  return { bakeMinutes: Number(values.final_bake_time_in_minutes ?? 0) };
}

function readSeed(hosted: Resource, deployment: Resource): AppConfigResources['seed'] {
  refuse(
    hosted,
    'content_type',
    hosted.values.content_type !== 'application/json',
    'content that is not application/json',
  );
  const version = Number(hosted.values.version_number ?? 1);
  if (String(deployment.values.configuration_version) !== String(version)) {
    throw new Error(
      `${deployment.address}: deploys version ${String(deployment.values.configuration_version)}, but ${hosted.address} is version ${version}. Refer to its version_number.`,
    );
  }
  return { address: hosted.address, content: text(hosted, 'content'), version };
}

function only(resources: readonly Resource[], type: (typeof TYPES)[number]): Resource {
  const [resource, second] = resources.filter((candidate) => candidate.type === type);
  if (!resource) throw new Error(`The stack has no ${type}, so there is no configuration to serve.`);
  if (second) throw new UnsupportedError(second.address, `a second ${type} in one stack is not acted out`);
  return resource;
}

function refuse({ address }: Resource, argument: string, refused: boolean, what: string): void {
  if (refused) throw new UnsupportedError(`${address}.${argument}`, `${what} is not acted out`);
}

function text({ address, values }: Resource, argument: string): string {
  const value = values[argument];
  if (typeof value !== 'string' || value === '') throw new Error(`${address}: ${argument} is missing.`);
  return value;
}

function blocks({ values }: Resource, name: string): Readonly<Record<string, unknown>>[] {
  const value = values[name] ?? [];
  return (Array.isArray(value) ? value : [value]) as Readonly<Record<string, unknown>>[];
}
