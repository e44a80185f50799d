import { StatesError } from '../../../services/states/states-error';
import { ACTION, machine, MACHINE_ARN, run, single } from './machine';
import { compileRule } from '../../../services/states/states';
import { UnsupportedError } from '../../../stack/resource';

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

  it('Wait waits for long, too', async () => {
    const under = machine({ ...single({ Type: 'Wait', Seconds: 99_999_999 }), TimeoutSeconds: 1 });
    await expect(run(under)).resolves.toMatchObject({ name: 'States.Timeout' });
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

const data = { text: 'b', number: 2, yes: true, none: null, other: 'b' };
const test = (rule: Record<string, unknown>) =>
  compileRule(rule, 'there')({ data, context: { Execution: { Name: 'b' } } });

const $ = (name: string, operator: string, operand: unknown) => ({
  Variable: `$.${name}`,
  [operator]: operand,
});

describe('a choice rule', () => {
  it.each<[rule: Record<string, unknown>, expected: boolean]>([
    [$('text', 'StringEquals', 'b'), true],
    [$('text', 'StringEquals', 'c'), false],
    [$('number', 'StringEquals', '2'), false],
    [$('text', 'StringLessThan', 'c'), true],
    [$('text', 'StringGreaterThanEquals', 'b'), true],
    [$('text', 'StringEqualsPath', '$.other'), true],
    [{ Variable: '$$.Execution.Name', StringEquals: 'b' }, true],
    [$('number', 'NumericEquals', 2), true],
    [$('number', 'NumericLessThanEquals', 1), false],
    [$('number', 'NumericGreaterThan', 1), true],
    [$('text', 'NumericEquals', 2), false],
    [$('yes', 'BooleanEquals', true), true],
    [$('text', 'BooleanEquals', true), false],
    [$('text', 'IsPresent', true), true],
    [$('text', 'IsPresent', false), false],
    [$('none', 'IsPresent', true), true],
    [$('absent', 'IsPresent', true), false],
    [$('absent', 'IsPresent', false), true],
    [$('none', 'IsNull', true), true],
    [$('text', 'IsNull', false), true],
    [$('number', 'IsNumeric', true), true],
    [$('text', 'IsString', true), true],
    [$('yes', 'IsBoolean', false), false],
    [{ Not: $('text', 'StringEquals', 'b') }, false],
    [{ And: [$('text', 'StringEquals', 'b'), $('number', 'NumericEquals', 3)] }, false],
    [{ And: [$('absent', 'IsPresent', true), $('absent', 'StringEquals', 'b')] }, false],
    [{ Or: [$('number', 'NumericEquals', 3), $('text', 'StringEquals', 'b')] }, true],
  ])('%j is %s', (rule, expected) => {
    expect(test(rule)).toBe(expected);
  });

  it.each([
    $('absent', 'StringEquals', 'b'),
    $('absent', 'IsNull', true),
    $('text', 'StringEqualsPath', '$.absent'),
  ])('%j fails for want of a value', (rule) => {
    expect(() => test(rule)).toThrow(expect.objectContaining({ name: 'States.Runtime' }) as Error);
  });

  it.each([
    $('text', 'StringMatches', '*'),
    $('text', 'TimestampEquals', '2026-01-01T00:00:00Z'),
    $('text', 'IsTimestamp', true),
    $('list[*]', 'IsPresent', true),
    { ...$('text', 'StringEquals', 'b'), IsPresent: true },
    { Condition: '{% true %}' },
  ])('%j is refused at load', (rule) => {
    expect(() => compileRule(rule, 'there')).toThrow(UnsupportedError);
  });
});
