import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import fc from 'fast-check';
import ledger from '../../../contract/state-addresses.json';
import { ROOT } from '../../../__tests__/support/synthesize';
import { exitCodeOf } from '../../plan-summary/plan-summary-command';
import { digestOf, readPlan, type ResourceChange } from '../../plan-summary/read-plan';
import { renderMarkdown, renderText } from '../../plan-summary/render';
import { STAKES, stakesOf } from '../../plan-summary/stakes';
import { summarize } from '../../plan-summary/summarize';

/** As the real Terraform wrote them in a rehearsal, without what is not read. */
const PLANS = join(__dirname, 'plans');
const recorded = (name: string) => readFileSync(join(PLANS, `${name}.json`), 'utf8');

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
    expect(readdirSync(PLANS).sort()).toEqual(
      Object.keys(SUMMARIES)
        .map((name) => `${name}.json`)
        .sort(),
    );
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

describe('the digest of a plan', () => {
  const plan = readPlan(recorded('update'));
  const withChange = (of: 'update' | 'no-op', change: object) => ({
    ...plan,
    resource_changes: plan.resource_changes.map((each) =>
      each.change.actions.join() === of ? { ...each, change: { ...each.change, ...change } } : each,
    ),
  });

  it('is another for each recorded plan, and the same when a plan is made again', () => {
    const all = Object.keys(SUMMARIES).map((name) => digestOf(readPlan(recorded(name))));
    expect(new Set(all).size).toBe(all.length);
    expect(digestOf(readPlan(recorded('update')))).toBe(digestOf(plan));
  });

  it('is another when what is to be done is, whatever becomes of what stays as it is', () => {
    expect(digestOf(withChange('update', { after: {} }))).not.toBe(digestOf(plan));
    expect(digestOf(withChange('no-op', { after: {} }))).toBe(digestOf(plan));
  });
});

describe('what is at stake', () => {
  const deployed = [
    ...[...ledger.regional, ...Object.keys(ledger.onlyPrimary), ...ledger.conversations, ...ledger.mlops],
    ...ledger.optional,
  ];

  it('is judged for each resource that is deployed', () => {
    expect(deployed.filter((address) => stakesOf(address) === STAKES.at(-1))).toEqual([]);
  });

  it('is judged for nothing else', () => {
    const judged = new Set(deployed.map(stakesOf));
    expect(STAKES.slice(0, -1).filter((row) => !judged.has(row))).toEqual([]);
  });

  it.each([
    ['authorizer', /^requests to this region fail$/],
    ['chat', /streams/],
  ])('is the same of the function %s and of the alias by which it is called', (name, missing) => {
    for (const address of [
      `aws_lambda_function.assistant_${name}`,
      `aws_lambda_alias.assistant_${name}_live`,
    ])
      expect(stakesOf(address).missing).toMatch(missing);
  });

  it('is taken to be data, where nobody has judged it', () => {
    expect(stakesOf('aws_rds_cluster.conversations').holds).toBeDefined();
  });
});

describe('the summary of any plan', () => {
  const SECRET = 'a-secret-of-somebody';
  const ACTIONS = [
    ['no-op'],
    ['create'],
    ['update'],
    ['delete'],
    ['forget'],
    ['delete', 'create'],
    ['create', 'delete'],
  ] as const;
  const value = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null), fc.array(fc.string()));
  const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), value);
  const change: fc.Arbitrary<ResourceChange> = fc
    .record({
      number: fc.nat(),
      type: fc.constantFrom('aws_dynamodb_table', 'aws_iam_role', 'aws_unheard_of'),
      actions: fc.constantFrom(...ACTIONS),
      before: object,
      after: object,
    })
    .map(({ number, type, actions, before, after }) => ({
      address: `${type}.n${number}`,
      mode: 'managed',
      change: {
        actions: [...actions],
        before: { ...before, secret: `${SECRET} before` },
        after: { ...after, secret: `${SECRET} after` },
        after_unknown: {},
        before_sensitive: { secret: true },
        after_sensitive: { secret: true },
        replace_paths: actions.length > 1 ? [['secret']] : [],
      },
    }));
  const plan = fc.uniqueArray(change, { selector: ({ address }) => address, maxLength: 12 });
  const read = (changes: readonly ResourceChange[]) =>
    summarize(readPlan(JSON.stringify({ format_version: '1.2', resource_changes: changes })));

  it('has each change once, is loud about exactly what holds something, and lets out no secret', () => {
    fc.assert(
      fc.property(plan, (changes) => {
        const summary = read(changes);
        const told = (loud: boolean) =>
          summary.sections
            .filter(({ isLoud }) => isLoud === loud)
            .flatMap(({ items }) => items.flatMap(({ addresses }) => addresses))
            .sort();
        const losing = changes
          .filter(({ address, change: { actions } }) => {
            return actions.includes('delete') && !address.startsWith('aws_iam_role.');
          })
          .map(({ address }) => address);
        const others = changes
          .filter(({ change: { actions } }) => !actions.includes('no-op'))
          .map(({ address }) => address)
          .filter((address) => !losing.includes(address));
        expect(told(true)).toEqual(losing.sort());
        expect(told(false)).toEqual(others.sort());
        expect(summary.loses).toBe(losing.length > 0);
        for (const render of [renderText, renderMarkdown])
          expect(render('any', summary)).not.toContain(SECRET);
      }),
    );
  });
});

it('a plan that changes outputs alone does not say that nothing changes', () => {
  const output_changes = { region: { actions: ['update'] }, table: { actions: ['no-op'] } };
  const plan = readPlan(JSON.stringify({ format_version: '1.2', resource_changes: [], output_changes }));
  expect(renderText('plan', summarize(plan))).toBe(
    'plan: 1 of the outputs changed.\n\nOutputs that change: region',
  );
});

describe('what a plan tells beside its actions', () => {
  const change = (address: string, actions: readonly string[], more: object = {}, values: object = {}) => ({
    address,
    mode: 'managed',
    ...more,
    change: { actions, before: {}, after: {}, after_unknown: {}, ...values },
  });
  const summed = (plan: object) => {
    const summary = summarize(
      readPlan(JSON.stringify({ format_version: '1.2', resource_changes: [], ...plan })),
    );
    return { text: renderText('plan', summary), exitCode: exitCodeOf(summary) };
  };
  const of = (...resource_changes: readonly object[]) => summed({ resource_changes });
  const TABLE = 'aws_dynamodb_table.assistant_switches';

  it('a deposed object goes, and the live one of its address stays: nothing is lost', () => {
    const { text, exitCode } = of(change(TABLE, ['delete'], { deposed: '1f' }));
    expect(text).toContain(`Left over by a replacement, and destroyed; the live one stays\n    - ${TABLE}`);
    expect(exitCode).toBe(0);
  });

  it('a configuration that is deployed anew lies over the operators’', () => {
    const { text } = of(change('aws_appconfig_deployment.first', ['delete', 'create']));
    expect(text).toContain('puts this project’s configuration over what operators have in force');
  });

  it.each([
    ['aws_cloudwatch_log_group.logs', { retention_in_days: 30 }, { retention_in_days: 7 }, 4],
    ['aws_cloudwatch_log_group.logs', { retention_in_days: 0 }, { retention_in_days: 7 }, 4],
    ['aws_cloudwatch_log_group.logs', { retention_in_days: 7 }, { retention_in_days: 30 }, 0],
    ['aws_cloudwatch_log_group.logs', { retention_in_days: 7 }, { retention_in_days: 0 }, 0],
    [
      'aws_s3_bucket_lifecycle_configuration.it',
      { rule: [{ noncurrent_version_expiration: [{ noncurrent_days: 90 }] }] },
      { rule: [{ noncurrent_version_expiration: [{ noncurrent_days: 30 }] }] },
      4,
    ],
    ['aws_s3_bucket_lifecycle_configuration.it', { rule: [] }, { rule: [{ expiration: [{ days: 9 }] }] }, 4],
    [TABLE, { deletion_protection_enabled: true }, { deletion_protection_enabled: false }, 4],
    [TABLE, { deletion_protection_enabled: false }, { deletion_protection_enabled: true }, 0],
    [
      TABLE,
      { point_in_time_recovery: [{ enabled: true }] },
      { point_in_time_recovery: [{ enabled: false }] },
      4,
    ],
  ])('%s changed in place from %j to %j ends with %#', (address, before, after, code) => {
    const { text, exitCode } = of(change(address, ['update'], {}, { before, after }));
    expect(exitCode).toBe(code);
    expect(text.includes('CHANGED IN PLACE, AND WITH IT SOMETHING IS LOST')).toBe(code === 4);
    expect(text.includes('loses ')).toBe(code === 4);
  });

  it('what is moved and replaced stands once, with both', () => {
    const { text } = of(change(TABLE, ['delete', 'create'], { previous_address: 'aws_dynamodb_table.old' }));
    expect(text.split(TABLE)).toHaveLength(2);
    expect(text).toContain('was aws_dynamodb_table.old');
    expect(text).not.toContain('moved');
  });

  it('what was deleted outside is said, and what was changed where the plan acts on it', () => {
    const resource_drift = [
      change(TABLE, ['delete']),
      change('aws_iam_role.it', ['update'], {}, { before: { path: '/' }, after: { path: '/x/' } }),
      change('aws_acm_certificate.it', ['update'], {}, { before: {}, after: { status: 'ISSUED' } }),
      change('aws_iam_role.moved', ['no-op'], { previous_address: 'aws_iam_role.old' }),
    ];
    const { text, exitCode } = summed({
      resource_drift,
      resource_changes: [change('aws_iam_role.it', ['update'])],
    });
    expect(text).toContain('plan: 1 changed in place, 2 changed outside of Terraform.');
    expect(text).toContain(`${TABLE}\n        it is gone: where it is still configured, it is created anew`);
    expect(text).toContain('path: "/" → "/x/"');
    expect(exitCode).toBe(0);
  });
});

describe('a plan that is not whole', () => {
  it.each([
    [{ errored: true }, 'The plan ended in an error'],
    [{ complete: false }, 'The plan was told to leave things out'],
  ])('%j is said to be', (flags, text) => {
    const summary = summarize(
      readPlan(JSON.stringify({ format_version: '1.2', resource_changes: [], ...flags })),
    );
    expect(renderText('plan', summary)).toContain(text);
    expect(exitCodeOf(summary)).toBe(2);
  });
});

describe('what is no plan', () => {
  it.each([
    ['', 'it is not JSON'],
    ['null', 'it is missing, or not of the type object'],
    ['5', 'it is missing, or not of the type object'],
    ['["values"]', 'it is missing, or not of the type object'],
    ['{"format_version":"2.0"}', 'format_version'],
    ['{"format_version":"1.0","values":{}}', 'it is a state'],
    ['{"format_version":"1.0","valid":false,"diagnostics":[]}', 'it plans nothing'],
    ['{"format_version":"1.2","resource_changes":[{"address":1}]}', 'resource_changes.0.address'],
  ])('%j is refused, with what to do', (text, why) => {
    expect(() => readPlan(text)).toThrow(why);
    expect(() => readPlan(text)).toThrow('terraform show -json plan.tfplan > plan.json');
  });
});
