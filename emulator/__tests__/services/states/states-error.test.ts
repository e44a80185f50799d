import { matchesError, StatesError } from '../../../services/states/states-error';
import { RetryPolicy } from '../../../services/states/task-state';
import { ACTION, caught, machine, run } from './machine';

// It takes 0.1 s for each machine; definition.test.ts goes through the real one.
jest.mock('asl-validator', () => () => ({ isValid: true }));

const fail =
  (name: string, cause = 'cause') =>
  () => {
    throw new StatesError(name, cause);
  };

describe('ErrorEquals', () => {
  it.each<[errorEquals: string[], name: string, matches: boolean]>([
    [['Throttled'], 'Throttled', true],
    [['Throttled'], 'Other', false],
    [['States.ALL'], 'Throttled', true],
    [['States.ALL'], 'States.Timeout', true],
    [['States.ALL'], 'States.IntrinsicFailure', true],
    [['States.ALL'], 'States.DataLimitExceeded', false],
    [['States.DataLimitExceeded'], 'States.DataLimitExceeded', true],
    [['States.ALL'], 'States.Runtime', false],
    [['States.Runtime'], 'States.Runtime', false],
    [['States.TaskFailed'], 'Throttled', true],
    [['States.TaskFailed'], 'States.Timeout', false],
    [['States.TaskFailed'], 'States.DataLimitExceeded', false],
    [['States.TaskFailed', 'States.Timeout'], 'States.Timeout', true],
  ])('%j for %s: %s', (errorEquals, name, matches) => {
    expect(matchesError(errorEquals, name)).toBe(matches);
  });
});

describe('an error', () => {
  it('is put where its catcher wants it, and the execution goes on', async () => {
    const under = machine(caught(['States.ALL']), fail('Throttled', 'slow down'));
    await expect(run(under, { a: 1 })).resolves.toEqual({
      a: 1,
      error: { Error: 'Throttled', Cause: 'slow down' },
    });
  });

  it('fails the execution if no catcher takes it', async () => {
    const under = machine(caught(['Other']), fail('Throttled'));
    await expect(under.startSync({ input: '{}' })).resolves.toMatchObject({
      status: 'FAILED',
      error: 'Throttled',
      cause: 'cause',
    });
  });

  it('of the local run itself is no error of the machine', async () => {
    const under = machine(caught(['States.ALL']), () => {
      throw new TypeError('defect');
    });
    await expect(under.startSync({ input: '{}' })).rejects.toThrow('defect');
  });

  it.each([
    ['InputPath', { InputPath: '$.absent' }],
    ['Parameters', { Parameters: { 'do.$': '$.absent' } }],
    ['ResultSelector', { ResultSelector: { 'x.$': '$.absent' } }],
    ['OutputPath', { OutputPath: '$.absent' }],
    ['an intrinsic function', { Parameters: { 'do.$': 'States.JsonToString($.absent)' } }],
  ])('for want of a value in %s is not caught', async (_field, fields) => {
    const result = await run(machine(caught(['States.ALL'], fields), () => ({})));
    expect(result).toMatchObject({
      name: 'States.Runtime',
      cause: expect.stringMatching(
        /^An error occurred while executing the state 'Act' \(entered at the event id #2\)\. The JSONPath '\$\.absent'/,
      ) as string,
    });
  });

  it('of an intrinsic function is caught', async () => {
    const under = machine(caught(['States.ALL'], { Parameters: { 'do.$': "States.StringToJson('{')" } }));
    await expect(run(under)).resolves.toMatchObject({ error: { Error: 'States.IntrinsicFailure' } });
  });
});

describe('retries', () => {
  const retrier = {
    ...{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2 },
    JitterStrategy: 'NONE' as const,
  };
  const delays = (policy: RetryPolicy, ...names: string[]) => names.map((name) => policy.next(name));

  it('wait longer each time, up to a limit, and end', () => {
    const policy = new RetryPolicy([{ ...retrier, MaxDelaySeconds: 3 }]);
    expect(delays(policy, 'E', 'E', 'E', 'E')).toEqual([1, 2, 3, undefined]);
  });

  it('may be spread at random', () => {
    const policy = new RetryPolicy([{ ...retrier, JitterStrategy: 'FULL' }], () => 0.25);
    expect(delays(policy, 'E', 'E')).toEqual([0.25, 0.5]);
  });

  it('are counted for each retrier', () => {
    const policy = new RetryPolicy([{ ...retrier, ErrorEquals: ['A'], MaxAttempts: 1 }, retrier]);
    expect(delays(policy, 'A', 'B', 'A', 'B')).toEqual([1, 1, undefined, 2]);
  });

  it('run the task again, and tell it how often', async () => {
    const attempts: unknown[] = [];
    const under = machine(
      caught(['Never'], {
        Parameters: { 'do.$': '$$.State.RetryCount' },
        Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, MaxAttempts: 1 }],
      }),
      (parameters) => {
        attempts.push(parameters.do);
        if (attempts.length === 1) throw new StatesError('Flaky', '');
        return 'done';
      },
    );
    await expect(run(under)).resolves.toBe('done');
    expect(attempts).toEqual([0, 1]);
  });

  it('are none for errors that no retrier names', async () => {
    let attempts = 0;
    const under = machine(
      caught(['States.ALL'], { Resource: ACTION, Retry: [{ ErrorEquals: ['Flaky'] }] }),
      () => {
        attempts += 1;
        throw new StatesError('Other', '');
      },
    );
    await run(under);
    expect(attempts).toBe(1);
  });
});
