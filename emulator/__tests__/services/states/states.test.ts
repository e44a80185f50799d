import { StatesError } from '../../../services/states/states-error';
import { ACTION, machine, MACHINE_ARN, run, single } from './machine';

// It takes 0.1 s for each machine; definition.test.ts goes through the real one.
jest.mock('asl-validator', () => () => ({ isValid: true }));

const task = (fields: Record<string, unknown>) =>
  single({ Type: 'Task', Resource: ACTION, Parameters: {}, ...fields });

describe('a Task state', () => {
  it('passes its parameters, and its input through them', async () => {
    const under = machine(
      task({
        InputPath: '$.in',
        Parameters: { do: 'it', with: { 'deep.$': '$.value', list: [{ 'item.$': '$' }] } },
      }),
      (parameters) => parameters,
    );
    await expect(run(under, { in: { value: 1 } })).resolves.toEqual({
      do: 'it',
      with: { deep: 1, list: [{ item: { value: 1 } }] },
    });
  });

  it.each([
    ['the result', {}, { got: [1, 2] }],
    ['the result beside the input', { ResultPath: '$.result' }, { old: 0, result: { got: [1, 2] } }],
    ['the input alone', { ResultPath: null }, { old: 0 }],
    ['what it selects of the result', { ResultSelector: { 'first.$': '$.got[0]' } }, { first: 1 }],
    ['what it selects of both', { ResultPath: '$.result', OutputPath: '$.result.got' }, [1, 2]],
    ['nothing', { OutputPath: null }, {}],
  ])('puts out %s', async (_what, fields, expected) => {
    await expect(
      run(
        machine(task(fields), () => ({ got: [1, 2] })),
        { old: 0 },
      ),
    ).resolves.toEqual(expected);
  });

  it('acts in the role of the machine', async () => {
    const under = machine(task({}), (_parameters, { roleArn }) => roleArn);
    await expect(run(under)).resolves.toBe('arn:aws:iam::123456789012:role/workflow');
  });
});

describe('a Pass state', () => {
  it.each([
    ['its input', {}, { a: 1 }],
    ['its result, even an empty one', { Result: false }, false],
    ['its result beside the input', { Result: 2, ResultPath: '$.b' }, { a: 1, b: 2 }],
    ['its parameters', { Parameters: { 'body.$': 'States.JsonToString($)' } }, { body: '{"a":1}' }],
    ['an empty object for no input', { InputPath: null }, {}],
  ])('puts out %s', async (_what, fields, expected) => {
    await expect(run(machine(single({ Type: 'Pass', ...fields })), { a: 1 })).resolves.toEqual(expected);
  });

  it.each([null, false, 0, ''])('passes on %j', async (input) => {
    await expect(run(machine(single({ Type: 'Pass', OutputPath: '$' })), input)).resolves.toBe(input);
  });
});

describe('a Choice state', () => {
  const choice = (fields: Record<string, unknown>) => ({
    StartAt: 'Choose',
    States: {
      Choose: { Type: 'Choice', Choices: [{ Variable: '$.kind', StringEquals: 'a', Next: 'A' }], ...fields },
      A: { Type: 'Pass', Result: 'A', End: true },
      B: { Type: 'Pass', Result: 'B', End: true },
    },
  });

  it.each([
    ['a', 'A'],
    ['b', 'B'],
  ])('for %s goes to %s', async (kind, expected) => {
    await expect(run(machine(choice({ Default: 'B' })), { kind })).resolves.toBe(expected);
  });

  it('fails if there is nowhere to go', async () => {
    const definition = choice({ Default: undefined });
    await expect(run(machine(definition), { kind: 'b' })).resolves.toMatchObject({
      name: 'States.NoChoiceMatched',
    });
  });
});

describe('the other states', () => {
  it('Succeed ends the execution', async () => {
    await expect(run(machine(single({ Type: 'Succeed', OutputPath: '$.a' })), { a: 1 })).resolves.toBe(1);
  });

  it.each([
    [{ Error: 'Broken', Cause: 'by hand' }, 'Broken', 'by hand'],
    [{ ErrorPath: '$.name', CausePath: "States.Format('of {}', $.name)" }, 'Named', 'of Named'],
    [{ ErrorPath: '$.number' }, 'States.Runtime', expect.stringContaining('not to a string') as string],
  ])('Fail fails it: %j', async (fields, name, cause) => {
    const result = await run(machine(single({ Type: 'Fail', ...fields })), { name: 'Named', number: 1 });
    expect(result).toBeInstanceOf(StatesError);
    expect(result).toMatchObject({ name, cause });
  });

  it('Wait waits', async () => {
    const started = performance.now();
    await expect(run(machine(single({ Type: 'Wait', Seconds: 1 })), 'kept')).resolves.toBe('kept');
    expect(performance.now() - started).toBeGreaterThan(990);
  });
});

describe('the context object', () => {
  it('tells of the execution, the machine and the state', async () => {
    const under = machine(single({ Type: 'Pass', Parameters: { 'all.$': '$$' } }));
    const { executionArn, output, startDate } = await under.startSync({ input: '{"a":1}', name: 'run-1' });
    expect(executionArn).toMatch(/^arn:aws:states:us-east-1:123456789012:express:workflow:run-1:[\w-]{36}$/);
    expect(JSON.parse(output ?? '')).toEqual({
      all: {
        Execution: {
          Id: executionArn,
          Input: { a: 1 },
          Name: 'run-1',
          RoleArn: 'arn:aws:iam::123456789012:role/workflow',
          StartTime: startDate.toISOString(),
        },
        StateMachine: { Id: MACHINE_ARN, Name: 'workflow' },
        State: { EnteredTime: expect.any(String) as string, Name: 'Only', RetryCount: 0 },
      },
    });
  });
});
