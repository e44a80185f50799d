import { type Resource, UnsupportedError } from '../../stack/resource';
import { blocks, text } from '../../stack/values';
import { PREDEFINED_STRATEGIES, type Strategy } from './deployments';
import type { HostedVersion } from './hosted-versions';

/** What the synthesized stack says of its one AppConfig profile, environment and deployment. */
export interface AppConfigResources {
  readonly region: string;
  readonly accountId: string;
  readonly application: Named;
  readonly environment: Named & { readonly address: string; readonly monitors: readonly Monitor[] };
  readonly profile: Named & { readonly address: string };
  /** JSON schemas (draft-04) that a configuration has to satisfy, as text */
  readonly schemas: readonly string[];
  /** those that AWS has made, and the stack's own */
  readonly strategies: readonly Strategy[];
  /** the configuration that Terraform deploys */
  readonly seed: {
    readonly address: string;
    readonly version: HostedVersion;
    readonly strategy: Strategy;
  };
}

/** An alarm that takes a deployment back while it is under way. */
interface Monitor {
  readonly alarmArn: string;
  /** By which AppConfig asks CloudWatch. */
  readonly roleArn: string;
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

/**
 * @param resources those of one stack; other services' are left alone
 * @throws UnsupportedError for what AppConfig could do and the local run does not emulate
 */
export function readResources(resources: readonly Resource[]): AppConfigResources {
  for (const { address, type } of resources) {
    if (type.startsWith('aws_appconfig_') && !(TYPES as readonly string[]).includes(type)) {
      throw new UnsupportedError(address, `${type} is not emulated`);
    }
  }
  const one = (type: (typeof TYPES)[number]): Resource => only(resources, type);
  const application = one('aws_appconfig_application');
  const environment = one('aws_appconfig_environment');
  const profile = one('aws_appconfig_configuration_profile');
  const [, , , region = '', accountId = ''] = text(application, 'arn').split(':');
  refuse(profile, 'location_uri', profile.values.location_uri !== 'hosted', 'a store that is not hosted');
  refuse(
    profile,
    'type',
    (profile.values.type ?? 'AWS.Freeform') !== 'AWS.Freeform',
    'a type that is not AWS.Freeform',
  );
  const deployment = one('aws_appconfig_deployment');
  const own = resources.filter(({ type }) => type === 'aws_appconfig_deployment_strategy').map(readStrategy);
  const strategies = [...PREDEFINED_STRATEGIES, ...own];
  return {
    region,
    accountId,
    application: { id: text(application, 'id'), name: text(application, 'name') },
    environment: {
      address: environment.address,
      id: text(environment, 'environment_id'),
      name: text(environment, 'name'),
      monitors: blocks(environment, 'monitor').map((monitor) => {
        const { alarm_role_arn: role } = monitor.values;
        refuse(environment, 'monitor', role === undefined, 'an alarm that is asked for without a role');
        return { alarmArn: text(monitor, 'alarm_arn'), roleArn: text(monitor, 'alarm_role_arn') };
      }),
    },
    profile: {
      address: profile.address,
      id: text(profile, 'configuration_profile_id'),
      name: text(profile, 'name'),
    },
    schemas: blocks(profile, 'validator').map((validator) => {
      refuse(
        profile,
        'validator',
        validator.values.type !== 'JSON_SCHEMA',
        'a validator that is not a JSON_SCHEMA',
      );
      return text(validator, 'content');
    }),
    strategies,
    seed: {
      ...readSeed(one('aws_appconfig_hosted_configuration_version'), deployment),
      strategy: strategyOf(deployment, strategies),
    },
  };
}

function readStrategy(resource: Resource): Strategy {
  const { values } = resource;
  return {
    id: text(resource, 'id'),
    name: text(resource, 'name'),
    durationMinutes: Number(values.deployment_duration_in_minutes),
    growthFactor: Number(values.growth_factor),
    growthType: values.growth_type === 'EXPONENTIAL' ? 'EXPONENTIAL' : 'LINEAR',
    bakeMinutes: Number(values.final_bake_time_in_minutes ?? 0),
  };
}

function strategyOf(deployment: Resource, strategies: readonly Strategy[]): Strategy {
  const id = text(deployment, 'deployment_strategy_id');
  const strategy = strategies.find((candidate) => candidate.id === id);
  // Its versions would be handed out with nothing before them, and what AppConfig serves then is not known.
  if (strategy === undefined || strategy.durationMinutes > 0) {
    throw new UnsupportedError(
      `${deployment.address}.deployment_strategy_id`,
      `the strategy ${id} is not emulated`,
    );
  }
  return strategy;
}

function readSeed(hosted: Resource, deployment: Resource): Omit<AppConfigResources['seed'], 'strategy'> {
  refuse(
    hosted,
    'content_type',
    hosted.values.content_type !== 'application/json',
    'content that is not application/json',
  );
  const number = Number(hosted.values.version_number ?? 1);
  if (String(deployment.values.configuration_version) !== String(number)) {
    throw new Error(
      `${deployment.address}: deploys version ${String(deployment.values.configuration_version)}, but ${hosted.address} is version ${number}. Refer to its version_number.`,
    );
  }
  const { description } = hosted.values;
  const version = { number, content: text(hosted, 'content') };
  return {
    address: hosted.address,
    version: typeof description === 'string' ? { ...version, description } : version,
  };
}

function only(resources: readonly Resource[], type: (typeof TYPES)[number]): Resource {
  const [resource, second] = resources.filter((candidate) => candidate.type === type);
  if (!resource) throw new Error(`The stack has no ${type}, so there is no configuration to serve.`);
  if (second) throw new UnsupportedError(second.address, `a second ${type} in one stack is not emulated`);
  return resource;
}

function refuse({ address }: Resource, argument: string, refused: boolean, what: string): void {
  if (refused) throw new UnsupportedError(`${address}.${argument}`, `${what} is not emulated`);
}
