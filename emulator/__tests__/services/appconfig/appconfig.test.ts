import { AppConfig } from '../../../services/appconfig/appconfig';
import { UnsupportedError } from '../../../stack/resource';
import { stack, type Type } from './fixture';

const change = (type: Type, values: Record<string, unknown>) => ({ [type]: values });

describe('what the stack declares', () => {
  it('is deployed at the start', () => {
    expect(new AppConfig(stack(), { now: () => 5 }).current()).toMatchObject({
      version: 1,
      deploymentNumber: 1,
      content: '{"model":"a"}',
      deployedAt: 5,
    });
  });

  it('takes a nested block that is not in an array', () => {
    const validator = { type: 'JSON_SCHEMA', content: '{"type":"array"}' };
    expect(() => new AppConfig(stack(change('aws_appconfig_configuration_profile', { validator })))).toThrow(
      'must be array',
    );
  });

  it.each([
    [
      'a LAMBDA validator',
      change('aws_appconfig_configuration_profile', { validator: [{ type: 'LAMBDA' }] }),
    ],
    ['a store elsewhere', change('aws_appconfig_configuration_profile', { location_uri: 's3://bucket/key' })],
    ['feature flags', change('aws_appconfig_configuration_profile', { type: 'AWS.AppConfig.FeatureFlags' })],
    [
      'a first deployment in steps',
      change('aws_appconfig_deployment_strategy', { deployment_duration_in_minutes: 5 }),
    ],
    [
      'a first deployment by a predefined strategy of steps',
      change('aws_appconfig_deployment', { deployment_strategy_id: 'AppConfig.Canary10Percent20Minutes' }),
    ],
    [
      'an alarm that is asked for without a role',
      change('aws_appconfig_environment', { monitor: [{ alarm_arn: 'arn' }] }),
    ],
    [
      'content of another type',
      change('aws_appconfig_hosted_configuration_version', { content_type: 'text/plain' }),
    ],
  ])('stops the start for %s', (_, changes) => {
    expect(() => new AppConfig(stack(changes))).toThrow(UnsupportedError);
  });

  it('stops the start for a kind of resource that is not emulated', () => {
    const extension = {
      address: 'aws_appconfig_extension.it',
      type: 'aws_appconfig_extension',
      name: 'it',
      values: {},
    };
    expect(() => new AppConfig([...stack(), extension])).toThrow(UnsupportedError);
  });

  it('stops the start for a second profile', () => {
    const resources = stack();
    const again = resources.filter(({ type }) => type === 'aws_appconfig_configuration_profile');
    expect(() => new AppConfig([...resources, ...again])).toThrow(UnsupportedError);
  });

  it.each([
    [
      'a first configuration that the validator refuses',
      change('aws_appconfig_hosted_configuration_version', { content: '{"model":"c"}' }),
      /^aws_appconfig_hosted_configuration_version.it: BadRequestException: .*\/model .*a, b/,
    ],
    [
      'a schema longer than 32,768 characters',
      change('aws_appconfig_configuration_profile', {
        validator: [{ type: 'JSON_SCHEMA', content: `{"description":"${'x'.repeat(32_768)}"}` }],
      }),
      /^aws_appconfig_configuration_profile.it: .*32768/,
    ],
    [
      'more than two validators',
      change('aws_appconfig_configuration_profile', {
        validator: Array(3).fill({ type: 'JSON_SCHEMA', content: '{}' }),
      }),
      /^aws_appconfig_configuration_profile.it: .*at most 2/,
    ],
    [
      'a schema of a later draft',
      change('aws_appconfig_configuration_profile', {
        validator: [
          { type: 'JSON_SCHEMA', content: '{"$schema":"http://json-schema.org/draft-07/schema#"}' },
        ],
      }),
      /^aws_appconfig_configuration_profile.it: .*draft-07/,
    ],
    [
      'a deployment of another version',
      change('aws_appconfig_deployment', { configuration_version: '2' }),
      /^aws_appconfig_deployment.it: deploys version 2/,
    ],
  ])('names the resource of %s', (_, changes, message) => {
    expect(() => new AppConfig(stack(changes))).toThrow(message);
  });
});

describe('deploying', () => {
  it('makes the next version and serves it at once', () => {
    const appConfig = new AppConfig(stack());
    expect(appConfig.deploy('{"model":"b"}', 'try b')).toMatchObject({ version: 2, deploymentNumber: 2 });
    expect(appConfig.current()).toMatchObject({ content: '{"model":"b"}', description: 'try b' });
  });

  it.each([
    ['{', 'not valid JSON'],
    ['{}', "/ must have required property 'model'"],
    ['{"model":"c"}', '/model must be equal to one of the allowed values (a, b)'],
    ['{"model":"a","tokens":0}', '/tokens must be > 0'],
    ['{"model":"a","mood":1}', 'additional properties ("mood")'],
  ])('refuses %s and keeps what is in force', (content, reason) => {
    const appConfig = new AppConfig(stack());
    expect(() => appConfig.deploy(content)).toThrow(
      expect.objectContaining({
        type: 'BadRequestException',
        reasons: [expect.stringContaining(reason)],
      }) as Error,
    );
    expect(appConfig.current().version).toBe(1);
  });

  it('gives every reason at once', () => {
    const deploy = () => new AppConfig(stack()).deploy('{"model":"c","mood":1}');
    expect(deploy).toThrow(
      expect.objectContaining({ reasons: [expect.any(String), expect.any(String)] }) as Error,
    );
  });

  it('takes 1 MB and not a byte more', () => {
    const appConfig = new AppConfig(stack());
    const fill = (bytes: number): string => '{"model":"a"}'.padEnd(bytes, ' ');
    expect(appConfig.deploy(fill(1024 * 1024)).version).toBe(2);
    expect(() => appConfig.deploy(fill(1024 * 1024 + 1))).toThrow(
      expect.objectContaining({ status: 413, type: 'PayloadTooLargeException' }) as Error,
    );
  });

  it('takes a description of 1,024 characters and not one more', () => {
    const appConfig = new AppConfig(stack());
    expect(appConfig.deploy('{"model":"a"}', 'x'.repeat(1024)).version).toBe(2);
    expect(() => appConfig.deploy('{"model":"a"}', 'x'.repeat(1025))).toThrow('1024');
  });

  it.each([
    ['its own strategy', { aws_appconfig_deployment_strategy: { final_bake_time_in_minutes: 10 } }],
    ['AppConfig.AllAtOnce', { aws_appconfig_deployment: { deployment_strategy_id: 'AppConfig.AllAtOnce' } }],
  ])('conflicts while the one before bakes: %s', (_, changes) => {
    let now = 0;
    const appConfig = new AppConfig(stack(changes), { now: () => now });
    now = 10 * 60_000 - 1;
    expect(() => appConfig.deploy('{"model":"b"}')).toThrow(
      expect.objectContaining({ status: 409, type: 'ConflictException' }) as Error,
    );
    now += 1;
    expect(appConfig.deploy('{"model":"b"}').version).toBe(2);
    expect(() => appConfig.deploy('{"model":"a"}')).toThrow('baking');
  });
});
