import validate from 'asl-validator';
import { App, Testing } from 'cdktf';
import { defaultModelConfig } from '../../contract/default-model-config';
import { METRICS } from '../../contract/metrics';
import type { QuestionInput } from '../../contract/workflow';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedConfig, type StackJson } from '../support/synthesize';
import type { AssistantConfig, Role } from '../../constructs/config/assistant-config';
import { parseConfig } from '../../constructs/config/read-config';
import { RegionalStack } from '../../constructs/regional-stack';

interface PolicyStatement {
  readonly Sid?: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

const resources = (stack: StackJson, type: string) => Object.entries(stack.resource[type] ?? {});

/** Every statement of every inline policy, with the policy's name. */
function statements(stack: StackJson): readonly (readonly [string, PolicyStatement])[] {
  return resources(stack, 'aws_iam_role_policy').flatMap(([name, { policy }]) =>
    (JSON.parse(policy as string) as { Statement: PolicyStatement[] }).Statement.map(
      (statement) => [name, statement] as const,
    ),
  );
}

const definition = (stack: StackJson) =>
  JSON.parse(stack.resource.aws_sfn_state_machine?.assistant_workflow?.definition as string) as {
    TimeoutSeconds: number;
    States: Record<
      string,
      {
        TimeoutSeconds?: number;
        Retry?: unknown;
        Parameters?: { MetricData: readonly { MetricName: string }[] };
      }
    >;
  };

/** One stack with some values configured otherwise. */
function stackOf(overrides: Partial<AssistantConfig>, role: Role = 'primary'): StackJson {
  const config = parseConfig({ ...shippedConfig(), ...overrides });
  const stack = new RegionalStack(new App({ outdir }), role, { config, role });
  return JSON.parse(Testing.synth(stack)) as StackJson;
}

const outdir = mkdtempSync(join(tmpdir(), 'assistant-stacks-'));
afterAll(() => {
  rmSync(outdir, { recursive: true, force: true });
});

describe('the regional assistant', () => {
  const stack = stackOf({});

  it('gives each function a role and a log group of its own', () => {
    const functions = resources(stack, 'aws_lambda_function');
    expect(functions.map(([name]) => name)).toEqual([
      'assistant_authorizer',
      'assistant_chat',
      'assistant_degradation',
      'assistant_fallback_model',
      'assistant_health',
      'assistant_primary_model',
      'assistant_probe',
    ]);
    expect(new Set(functions.map(([, { role }]) => role)).size).toBe(functions.length);
    const groups = resources(stack, 'aws_cloudwatch_log_group').map(([, { name }]) => name);
    for (const [, { function_name }] of functions)
      expect(groups).toContain(`/aws/lambda/${String(function_name)}`);
  });

  it.each([10, 840])(
    'gives a stream of %d s its time, and no more than Lambda and API Gateway have',
    (maxSeconds) => {
      const { resource } = stackOf({ streaming: { maxSeconds } });
      const { timeout } = resource.aws_lambda_function?.assistant_chat ?? {};
      const { totalMs, primaryMs } = shippedConfig().budget;
      expect(timeout).toBeGreaterThan(maxSeconds + (totalMs - primaryMs) / 1_000);
      expect(timeout).toBeLessThanOrEqual(900);
      const { body } = resource.aws_api_gateway_rest_api?.assistant_api ?? {};
      const { paths } = JSON.parse(String(body)) as { paths: Record<string, { post: object }> };
      expect(paths['/stream']?.post).toMatchObject({
        'x-amazon-apigateway-integration': {
          type: 'aws_proxy',
          responseTransferMode: 'STREAM',
          timeoutInMillis: Number(timeout) * 1_000,
        },
      });
    },
  );

  it('gives a stream no less than a primary tier with more time, and the fallback after it', () => {
    const budget = { totalMs: 28_000, primaryMs: 25_000, reserveMs: 1_000 };
    const { resource } = stackOf({ streaming: { maxSeconds: 10 }, budget });
    expect(resource.aws_lambda_function?.assistant_chat?.timeout).toBeGreaterThan(28);
  });

  it.each([
    [5, 5],
    [undefined, undefined],
  ])(
    'keeps %s concurrent calls for the function that Route 53 asks, and none for another',
    (reservedConcurrency, expected) => {
      const { intervalSeconds, failureThreshold } = shippedConfig().healthCheck;
      const healthCheck = {
        intervalSeconds,
        failureThreshold,
        ...(reservedConcurrency && { reservedConcurrency }),
      };
      const functions = stackOf({ healthCheck }).resource.aws_lambda_function;
      const reserved = Object.entries(functions ?? {})
        .filter(([, { reserved_concurrent_executions: kept }]) => kept !== undefined)
        .map(([name, { reserved_concurrent_executions: kept }]) => [name, kept]);
      expect(reserved).toEqual(expected === undefined ? [] : [['assistant_probe', expected]]);
    },
  );

  it.each([true, false])(
    'protects what holds an operator’s word, the evacuation switch and the circuits, where that is %p',
    (deletionProtection) => {
      const { resource } = stackOf({ evacuation: { deletionProtection } });
      const { assistant_switches: switches, assistant_circuits: circuits } =
        resource.aws_dynamodb_table ?? {};
      for (const table of [switches, circuits]) {
        expect(table).toMatchObject({
          point_in_time_recovery: { enabled: true },
          deletion_protection_enabled: deletionProtection,
        });
      }
      const kept = Object.entries(resource.aws_dynamodb_table ?? {}).filter(
        ([, { lifecycle }]) => (lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy,
      );
      expect(kept.map(([name]) => name)).toEqual(
        deletionProtection ? ['assistant_circuits', 'assistant_switches'] : [],
      );
    },
  );

  it('lets only the tiers, and what streams by all of them, call models, and those of the configured vendors alone', () => {
    const invoking = statements(stack).filter(([, { Action }]) => Action.includes('bedrock:InvokeModel'));
    expect(invoking.map(([name]) => name)).toEqual([
      'assistant_chat_policy',
      'assistant_fallback_model_policy',
      'assistant_primary_model_policy',
    ]);
    const models = invoking[0]?.[1].Resource.filter((arn) => arn.includes('foundation-model'));
    expect(models).toEqual([
      'arn:aws:bedrock:*::foundation-model/anthropic.*',
      'arn:aws:bedrock:*::foundation-model/amazon.*',
      'arn:aws:bedrock:::foundation-model/anthropic.*',
      'arn:aws:bedrock:::foundation-model/amazon.*',
    ]);
  });

  it('calls functions by what is published alone: `$LATEST` changes in the middle of a deployment', () => {
    const { body } = stack.resource.aws_api_gateway_rest_api?.assistant_api ?? {};
    const named = [...String(body).matchAll(/:function:([\w-]+)(:live)?\//g)];
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter(([, , alias]) => alias === undefined)).toEqual([]);
    for (const [name, { function_version, lifecycle }] of resources(stack, 'aws_lambda_alias')) {
      const called = `aws_lambda_function.${name.replace(/_live$/, '')}`;
      expect(function_version).toBe(`\${${called}.version}`);
      // Lambda deletes it with a function that is replaced.
      expect(lifecycle).toEqual({ replace_triggered_by: [`${called}.arn`] });
    }
    const tasks = JSON.stringify(definition(stack)).match(/aws_lambda_function\.\w+\.\w+/g) ?? [];
    expect(tasks.filter((reference) => !reference.endsWith('.qualified_arn'))).toEqual([]);
  });

  it('has a definition that the Amazon States Language allows', () => {
    expect(validate(definition(stack)).errorsText()).toBe('');
  });

  it('tells the fallback that a request was let in, where the primary tier has said why it is due', () => {
    const { States } = definition(stack);
    const told = Object.entries(States).filter(([, { Parameters }]) =>
      JSON.stringify(Parameters ?? {}).includes('"isAdmitted":true'),
    );
    expect(told.map(([name]) => name)).toEqual(['FallbackModel']);
  });

  it('retries nothing in the state machine: the tiers do, within their deadlines', () => {
    expect(Object.entries(definition(stack).States).filter(([, { Retry }]) => Retry !== undefined)).toEqual(
      [],
    );
  });

  it.each([
    [shippedConfig().budget, [16, 10, 26, 2]],
    [{ totalMs: 3_000, primaryMs: 1_000, reserveMs: 500 }, [2, 2, 4, 1]],
  ])('gives up on functions that hang before API Gateway does, within the budget %j', (budget, expected) => {
    const { TimeoutSeconds, States } = definition(stackOf({ budget }));
    const seconds = [
      'PrimaryModel',
      'FallbackModelAfterTimeout',
      'FallbackModelAfterError',
      'Degradation',
    ].map((name) => States[name]?.TimeoutSeconds ?? NaN);
    expect(seconds).toEqual(expected);
    const [primary = NaN, afterTimeout = NaN, afterError = NaN, degradation = NaN] = seconds;
    expect(primary + afterTimeout + degradation).toBeLessThan(29);
    expect(afterError + degradation).toBeLessThan(29);
    // What then is only to be counted may take longer.
    expect(TimeoutSeconds).toBeGreaterThan(afterError + degradation + 1);
  });

  it('logs no execution data: it holds customers’ questions', () => {
    const [, machine] = resources(stack, 'aws_sfn_state_machine')[0] ?? [];
    expect(machine?.logging_configuration).toMatchObject({ include_execution_data: false });
  });

  it('fails over by its endpoint, its models and the evacuation switch of the standby', () => {
    const check = (id: string) => stack.resource.aws_route53_health_check?.[`assistant_failover_health${id}`];
    // A check that is replaced is still referred to: the new one has to come first.
    const lifecycle = { create_before_destroy: true };
    const timing = { request_interval: 10, failure_threshold: 3, lifecycle };
    const endpoint = {
      type: 'HTTPS',
      fqdn: 'us-east-1.assistant.example.com',
      resource_path: '/${var.probe_secret}/health',
      ...timing,
    };
    expect(check('_endpoint')).toMatchObject(endpoint);
    expect(check('_models')).toMatchObject({
      type: 'CLOUDWATCH_METRIC',
      cloudwatch_alarm_name: '${aws_cloudwatch_metric_alarm.assistant_alarms_canary_unanswered.alarm_name}',
      cloudwatch_alarm_region: 'us-east-1',
      insufficient_data_health_status: 'LastKnownStatus',
    });
    expect(check('_evacuation')).toMatchObject({
      type: 'HTTPS',
      fqdn: 'us-west-2.assistant.example.com',
      resource_path: '/${var.probe_secret}/evacuation',
      invert_healthcheck: true,
      ...timing,
    });
    expect(check('')).toMatchObject({
      type: 'CALCULATED',
      child_healthchecks: ['_endpoint', '_models', '_evacuation'].map(
        (id) => `\${aws_route53_health_check.assistant_failover_health${id}.id}`,
      ),
      child_health_threshold: 3,
    });
    expect(stack.resource.aws_route53_record?.assistant_failover_record).toMatchObject({
      name: 'assistant.example.com',
      failover_routing_policy: { type: 'PRIMARY' },
      health_check_id: '${aws_route53_health_check.assistant_failover_health.id}',
    });
  });

  it('gives the standby’s record a check of its endpoint alone', () => {
    const standby = stackOf({}, 'secondary');
    expect(resources(standby, 'aws_route53_health_check').map(([name]) => name)).toEqual([
      'assistant_failover_health_endpoint',
    ]);
    expect(standby.resource.aws_route53_record?.assistant_failover_record).toMatchObject({
      failover_routing_policy: { type: 'SECONDARY' },
      health_check_id: '${aws_route53_health_check.assistant_failover_health_endpoint.id}',
    });
  });

  it.each([
    [true, 'ENABLED'],
    [false, 'DISABLED'],
  ])('has a canary for each configured request type, that can be switched off: %s', (enabled, state) => {
    const canary = { enabled, requestTypes: ['general', 'finance_deep'] };
    const schedules = resources(stackOf({ canary }), 'aws_scheduler_schedule').map(
      ([, schedule]) => schedule,
    );
    for (const schedule of schedules) {
      expect(schedule).toMatchObject({
        schedule_expression: 'rate(1 minute)',
        state,
        target: { retry_policy: { maximum_retry_attempts: 0 } },
      });
    }
    const asked = schedules.map(({ target }) => {
      const input = JSON.parse((target as { input: string }).input) as QuestionInput;
      return [input.source, (JSON.parse(input.body) as { type: string }).type];
    });
    expect(asked).toEqual([
      ['canary', 'finance_deep'],
      ['canary', 'general'],
    ]);
  });

  it('watches every request type that it is shipped with, and the default rule', () => {
    const { requestTypes } = shippedConfig().canary;
    const own = Object.keys(defaultModelConfig.types);
    expect(requestTypes).toEqual(expect.arrayContaining(own));
    expect(requestTypes.filter((type) => !own.includes(type))).toHaveLength(1);
  });

  it('counts the last resort of a caller for people, and the canary’s for failover', () => {
    const counts = (state: string) =>
      definition(stack).States[state]?.Parameters?.MetricData.map(({ MetricName }) => MetricName);
    expect(counts('CountLastResort')).toEqual([METRICS.lastResort, METRICS.noModelAnswer]);
    expect(counts('CountLastResortForCanary')).toEqual([METRICS.lastResort, METRICS.canaryUnanswered]);
  });

  it('deploys each API again when its body changes, which changes with what callers get alone', () => {
    const apis = ({ resource }: StackJson) => resource.aws_api_gateway_rest_api ?? {};
    expect(Object.keys(apis(stack))).toEqual(['assistant_api', 'assistant_probe_api']);
    for (const name of Object.keys(apis(stack))) {
      expect(stack.resource.aws_api_gateway_deployment?.[`${name}_deployment`]).toMatchObject({
        triggers: { redeployment: `\${sha1(aws_api_gateway_rest_api.${name}.body)}` },
        lifecycle: { create_before_destroy: true },
      });
      const body = (changed: StackJson) => apis(changed)[name]?.body;
      expect(body(stackOf({ retryAfterSeconds: 31 }))).not.toEqual(body(stack));
      expect(body(stackOf({ logRetentionDays: 7 }))).toEqual(body(stack));
    }
  });

  it('hands later rules out as configured, until an alarm takes them back that no caller can raise', () => {
    const strategies = resources(stack, 'aws_appconfig_deployment_strategy').map(([, strategy]) => strategy);
    expect(strategies).toMatchObject([
      { growth_factor: 20, deployment_duration_in_minutes: 10, final_bake_time_in_minutes: 10 },
      { growth_factor: 100, deployment_duration_in_minutes: 0, final_bake_time_in_minutes: 0 },
    ]);
    const [, environment] = resources(stack, 'aws_appconfig_environment')[0] ?? [];
    const monitor = (alarm: string) => ({
      alarm_arn: `\${aws_cloudwatch_metric_alarm.assistant_alarms_${alarm}.arn}`,
      alarm_role_arn: '${aws_iam_role.assistant_model_selection_monitor_role.arn}',
    });
    expect(environment?.monitor).toEqual([monitor('canary_unanswered'), monitor('model_needs_attention')]);
  });

  it('leaves the rules to the operators after the first version', () => {
    const [, version] = resources(stack, 'aws_appconfig_hosted_configuration_version')[0] ?? [];
    const [, deployment] = resources(stack, 'aws_appconfig_deployment')[0] ?? [];
    expect(version?.lifecycle).toMatchObject({ ignore_changes: ['content'] });
    expect(deployment?.lifecycle).toMatchObject({
      ignore_changes: expect.arrayContaining(['configuration_version']) as unknown,
    });
  });
});
