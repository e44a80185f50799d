import fc from 'fast-check';
import { exitCodeOf } from '../../plan-summary/plan-summary-command';
import { readPlan, type ResourceChange } from '../../plan-summary/read-plan';
import { renderMarkdown, renderText } from '../../plan-summary/render';
import { summarize } from '../../plan-summary/summarize';

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
