import { execFile } from 'node:child_process';
import { ROOT } from '../../../__tests__/support/synthesize';
import { exitCodeOf } from '../../plan-summary/plan-summary-command';
import { readPlan } from '../../plan-summary/read-plan';
import { renderMarkdown, renderText } from '../../plan-summary/render';
import { summarize } from '../../plan-summary/summarize';
import { RECORDED, recorded } from './recorded';

/** What is said of each recorded plan: nothing else. */
const SUMMARIES: Readonly<Record<string, { readonly exitCode: number; readonly text: string }>> = {
  create: {
    exitCode: 0,
    text: `
plan: 12 created, 5 of the outputs changed.

Created
    + 12 resources: 1 aws_iam_role, 1 aws_iam_role_policy, 1 aws_kms_alias, 1 aws_kms_key, 1 aws_s3_bucket, 1 aws_s3_bucket_lifecycle_configuration, 1 aws_s3_bucket_ownership_controls, 1 aws_s3_bucket_policy, 1 aws_s3_bucket_public_access_block, 1 aws_s3_bucket_server_side_encryption_configuration, 1 aws_s3_bucket_versioning, 1 aws_sagemaker_model_package_group

Outputs that change: kms_key_arn, model_package_group_name, region, s3_bucket_name, sagemaker_role_arn`,
  },
  destroy: {
    exitCode: 4,
    text: `
plan: 1 REPLACED OR DESTROYED WITH DATA OR A NAME, 2 others replaced or destroyed, 1 changed in place.

REPLACED OR DESTROYED, AND WITH IT DATA OR A NAME
    - aws_dynamodb_table.assistant_switches
        no longer in the configuration
        holds the evacuation switch: a primary that is evacuated gets its callers back

Others replaced or destroyed
    - aws_api_gateway_base_path_mapping.assistant_failover_domain_mapping
        no longer in the configuration
        while it is missing: requests to this region fail
    - aws_scheduler_schedule.assistant_canary_general
        no longer in the configuration
        while it is missing: callers notice nothing, unless the models of their region go down: failover does not hear of it

Changed in place
    ~ aws_iam_role_policy.assistant_probe_api_policy`,
  },
  moved: {
    exitCode: 0,
    text: `
plan: 1 moved, 1 no longer managed.

Moved in the state; nothing is done to them
    = aws_lambda_function.assistant_checker
        was aws_lambda_function.assistant_probe

No longer managed, but left as it is
    = aws_cloudwatch_metric_alarm.assistant_alarms_model_needs_attention`,
  },
  'no-change': {
    exitCode: 0,
    text: `
plan: nothing changes.`,
  },
  replace: {
    exitCode: 4,
    text: `
plan: 2 REPLACED OR DESTROYED WITH DATA OR A NAME, 3 others replaced or destroyed, 5 changed in place.

REPLACED OR DESTROYED, AND WITH IT DATA OR A NAME
  -/+ aws_dynamodb_table.assistant_circuits
        forced by hash_key: "model" → "id"
        holds the circuits: one that is open, or was forced, begins anew as closed
        while it is missing: a model that is down is asked again and again: answers come later
  +/- aws_route53_health_check.assistant_failover_health_endpoint
        forced by request_interval: 10 → 30
        holds its last status: a new one is healthy at first, and callers of a region that is down come back

Others replaced or destroyed
  +/- aws_api_gateway_gateway_response.assistant_api_throttled
        forced by response_type: "THROTTLED" → "WAF_FILTERED"
  -/+ aws_lambda_function.assistant_health
        forced because it is tainted: it was not made to the end
        while it is missing: this region gives no health, or no degraded answer
  -/+ aws_scheduler_schedule.assistant_canary
        forced by name: "customer-assistant-canary-default" → "another"
        while it is missing: callers notice nothing, unless the models of their region go down: failover does not hear of it

Changed in place
    ~ aws_iam_role_policy.assistant_fallback_model_policy, aws_iam_role_policy.assistant_primary_model_policy, aws_iam_role_policy.assistant_workflow_policy
        policy: known after apply
    ~ aws_route53_health_check.assistant_failover_health
        child_healthchecks[1]: "55444967-b931-81b9-77bc-65e9837ff7bd" → "eb9c8727-135b-4223-ef9e-20cdc063d043"
        child_healthchecks[2]: known after apply
    ~ aws_sfn_state_machine.assistant_workflow
        definition: known after apply`,
  },
  update: {
    exitCode: 0,
    text: `
plan: 14 changed in place, 1 of the outputs changed.

Changed in place
    ~ 10 resources: 1 aws_acm_certificate, 1 aws_appconfig_application, 2 aws_cloudwatch_log_group, 1 aws_dynamodb_table, 1 aws_iam_role, 1 aws_lambda_function, 3 aws_route53_health_check
        tags_all.owner: none → "team-support"
    ~ aws_api_gateway_method_settings.assistant_api_throttle
        settings[0].throttling_rate_limit: 200 → 100
        callers notice: another throttle: who is above it gets 429
    ~ aws_lambda_function.assistant_health
        timeout: 5 → 9
        tags_all.owner: none → "team-support"
        last_modified: known after apply
        qualified_arn: known after apply
        and 2 more
    ~ aws_route53_health_check.assistant_failover_health_endpoint
        resource_path (sensitive)
        tags_all.owner: none → "team-support"
    ~ aws_sfn_state_machine.assistant_workflow
        tags_all.owner: none → "team-support"
        definition: known after apply

Outputs that change: region`,
  },
};

describe('the summary of a recorded plan', () => {
  it('is tested for each', () => {
    expect(Object.keys(SUMMARIES).sort()).toEqual(RECORDED.toSorted());
  });

  it.each(Object.entries(SUMMARIES))('%s says what it does', (name, { exitCode, text }) => {
    const summary = summarize(readPlan(recorded(name)));
    expect(renderText('plan', summary)).toBe(text.trim());
    expect(exitCodeOf(summary)).toBe(exitCode);
  });

  it('warns in Markdown of what is lost', () => {
    expect(renderMarkdown('primary', summarize(readPlan(recorded('destroy'))))).toContain(
      [
        '> [!CAUTION]',
        '> **Replaced or destroyed, and with it data or a name**',
        '> ',
        '> - `-` `aws_dynamodb_table.assistant_switches`',
        '>   - no longer in the configuration',
      ].join('\n'),
    );
  });

  it('is read from standard input, and its exit code tells that something is lost', async () => {
    const command = ['--no-warnings', '--import', 'tsx', 'operator/main.ts', 'plan-summary', '-'];
    const ended = await new Promise((resolve) => {
      const child = execFile(process.execPath, command, { cwd: ROOT }, (_, stdout) => {
        resolve({ code: child.exitCode, output: stdout.split('\n')[0] });
      });
      child.stdin?.end(recorded('destroy'));
    });
    expect(ended).toEqual({
      code: 4,
      output: expect.stringContaining('1 REPLACED OR DESTROYED WITH DATA OR A NAME') as string,
    });
  });
});
