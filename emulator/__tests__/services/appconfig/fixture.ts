import type { Resource } from '../../../stack/resource';

export const schema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  type: 'object',
  properties: {
    model: { enum: ['a', 'b'] },
    tokens: { type: 'integer', minimum: 0, exclusiveMinimum: true },
  },
  required: ['model'],
  additionalProperties: false,
};

const ARN = 'arn:aws:appconfig:us-east-1:123456789012:application/app1234';

const VALUES = {
  aws_appconfig_application: { id: 'app1234', name: 'assistant', arn: ARN },
  aws_appconfig_environment: { environment_id: 'env1234', name: 'live', application_id: 'app1234' },
  aws_appconfig_configuration_profile: {
    configuration_profile_id: 'pro1234',
    name: 'ModelConfig',
    location_uri: 'hosted',
    validator: [{ type: 'JSON_SCHEMA', content: JSON.stringify(schema) }],
  },
  aws_appconfig_hosted_configuration_version: {
    content: '{"model":"a"}',
    content_type: 'application/json',
    version_number: 1,
  },
  aws_appconfig_deployment_strategy: {
    id: 'str1234',
    name: 'AllAtOnceNoBake',
    deployment_duration_in_minutes: 0,
    growth_factor: 100,
    final_bake_time_in_minutes: 0,
  },
  aws_appconfig_deployment: { configuration_version: '1', deployment_strategy_id: 'str1234' },
};

export type Type = keyof typeof VALUES;

/** One stack's AppConfig resources, with changes to the values of some. */
export function stack(changes: Partial<Record<Type, Record<string, unknown>>> = {}): Resource[] {
  return Object.entries(VALUES).map(([type, values]) => ({
    address: `${type}.it`,
    type,
    name: 'it',
    values: { ...values, ...changes[type as Type] },
  }));
}
