import { ExpressStateMachine } from '../../../services/states/express-state-machine';
import { LAMBDA_INVOKE, lambdaInvokeTask } from '../../../services/states/workflow';
import { closeAll, deploy } from '../lambda/deploy-function';
import { machineResource, type Act, caught, machine, ofSize, run, single } from './machine';
import { StatesError } from '../../../services/states/states-error';

afterEach(closeAll);

const ask = (FunctionName: string, fields: Record<string, unknown>) => ({
  ...{ Type: 'Task', Resource: LAMBDA_INVOKE, Parameters: { FunctionName, 'Payload.$': '$.request' } },
  ResultSelector: { 'text.$': '$.Payload.text' },
  ResultPath: '$.answer',
  ...fields,
});

/** Health without a function; else the primary, the fallback, and an honest last word. */
const WORKFLOW = {
  StartAt: 'Route',
  TimeoutSeconds: 27,
  States: {
    Route: {
      Type: 'Choice',
      Choices: [{ Variable: '$.kind', StringEquals: 'health', Next: 'Healthy' }],
      Default: 'Primary',
    },
    Healthy: { Type: 'Pass', Parameters: { status: 200, body: 'ok' }, End: true },
    Primary: ask('primary', {
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Fallback' }],
      Next: 'Respond',
    }),
    Fallback: ask('fallback', {
      TimeoutSeconds: 1,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Degrade' }],
      Next: 'Respond',
    }),
    Degrade: {
      Type: 'Pass',
      Parameters: { 'text.$': "States.Format('Sorry, {}: {}', $.request.name, $.failure.Error)" },
      ResultPath: '$.answer',
      Next: 'Respond',
    },
    Respond: {
      Type: 'Choice',
      Choices: [{ Variable: '$.failure', IsPresent: true, Next: 'Second best' }],
      Default: 'Best',
    },
    Best: { Type: 'Pass', Parameters: { status: 200, 'body.$': 'States.JsonToString($.answer)' }, End: true },
    'Second best': {
      Type: 'Pass',
      Parameters: {
        status: 200,
        'body.$': 'States.JsonToString($.answer)',
        'since.$': '$$.Execution.StartTime',
      },
      End: true,
    },
  },
};

const CODE = `exports.handler = async ({ says }, { functionName }) => {
  const word = says[functionName];
  if (word === 'fail') throw Object.assign(new Error('no'), { name: 'ModelError' });
  if (word === 'hang') await new Promise((resolve) => setTimeout(resolve, 4000));
  return { text: word };
};`;

async function respond(input: unknown): Promise<unknown> {
  const { service } = deploy(CODE, [{ function_name: 'primary' }, { function_name: 'fallback' }]);
  const machine = new ExpressStateMachine({
    resource: machineResource(WORKFLOW),
    actions: { [LAMBDA_INVOKE]: lambdaInvokeTask(service) },
  });
  const { output } = await machine.startSync({ input: JSON.stringify(input) });
  return JSON.parse(output ?? 'null');
}

describe('a workflow with functions', () => {
  const quoted = 'say "hi"\n\\ {}';

  it.each([
    ['the health', { kind: 'health' }, { status: 200, body: 'ok' }],
    ['the primary', { primary: quoted }, { status: 200, body: JSON.stringify({ text: quoted }) }],
    [
      'the fallback',
      { primary: 'fail', fallback: quoted },
      { status: 200, body: JSON.stringify({ text: quoted }), since: expect.any(String) as string },
    ],
    [
      'the last word after an error',
      { primary: 'fail', fallback: 'fail' },
      { status: 200, body: '{"text":"Sorry, Ada: ModelError"}', since: expect.any(String) as string },
    ],
    [
      'the last word after a timeout',
      { primary: 'fail', fallback: 'hang' },
      { status: 200, body: '{"text":"Sorry, Ada: States.Timeout"}', since: expect.any(String) as string },
    ],
  ])('answers with %s', async (_who, says, expected) => {
    const kind = 'kind' in says ? says.kind : 'ask';
    await expect(respond({ kind, request: { name: 'Ada', says } })).resolves.toEqual(expected);
  });
});

// It takes 0.1 s for each machine; definition.test.ts goes through the real one.
jest.mock('asl-validator', () => () => ({ isValid: true }));

const LIMIT = 262_144;

/** Settles only with the signal, and tells how often it was called. */
function hang() {
  const signals: AbortSignal[] = [];
  const act: Act = (_parameters, { signal }) => {
    signals.push(signal);
    return new Promise(() => undefined);
  };
  return { act, signals };
}

/** Fakes the clock for the time that the test takes. */
async function withFakeClock<Result>(
  test: (pass: (ms: number) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  jest.useFakeTimers();
  try {
    return await test((ms) => jest.advanceTimersByTimeAsync(ms));
  } finally {
    jest.useRealTimers();
  }
}

/** Awaits what takes a second on the faked clock. */
function afterASecond<Result>(start: () => Promise<Result>): Promise<Result> {
  return withFakeClock(async (pass) => {
    const result = start();
    await pass(1000);
    return result;
  });
}

describe('payloads of more than 262,144 bytes', () => {
  it.each<[what: string, task: Record<string, unknown>, result: (bytes: number) => unknown, slack: number]>([
    ["a task's result", { ResultPath: null }, ofSize, 0],
    ["a state's output", { ResultPath: '$.r' }, ofSize, '{"in":1,"r":}'.length],
  ])('%s', async (_what, task, result, slack) => {
    const over = machine(caught(['States.ALL'], task), () => result(LIMIT - slack + 1));
    await expect(run(over, { in: 1 })).resolves.toMatchObject({ name: 'States.DataLimitExceeded' });
    const fitting = machine(caught(['States.ALL'], task), () => result(LIMIT - slack));
    await expect(run(fitting, { in: 1 })).resolves.toMatchObject({ in: 1 });
  });

  it("a task's parameters", async () => {
    const definition = caught(['States.ALL'], { Parameters: { 'do.$': '$', 'with.$': '$' } });
    const bytes = (LIMIT - '{"do":,"with":}'.length) / 2;
    await expect(run(machine(definition), ofSize(Math.ceil(bytes) + 1))).resolves.toMatchObject({
      name: 'States.DataLimitExceeded',
    });
    await expect(run(machine(definition), ofSize(Math.floor(bytes)))).resolves.toBeNull();
  });

  it("a Pass state's output", async () => {
    const doubled = single({ Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' } });
    await expect(run(machine(doubled), ofSize(LIMIT / 2))).resolves.toMatchObject({
      name: 'States.DataLimitExceeded',
    });
  });

  it('counts bytes, not characters', async () => {
    const under = machine(caught(['States.ALL']), () => 'ü'.repeat(LIMIT / 2));
    await expect(run(under)).resolves.toMatchObject({ name: 'States.DataLimitExceeded' });
  });

  it('can be caught by name', async () => {
    const under = machine(caught(['States.DataLimitExceeded']), () => ofSize(LIMIT + 1));
    await expect(run(under)).resolves.toMatchObject({ error: { Error: 'States.DataLimitExceeded' } });
  });
});

describe('a task that exceeds its TimeoutSeconds', () => {
  it('is caught, after which its end counts for nothing', async () => {
    const { act, signals } = hang();
    const under = machine(caught(['States.ALL'], { TimeoutSeconds: 1 }), act);
    await expect(afterASecond(() => run(under))).resolves.toEqual({
      error: { Error: 'States.Timeout', Cause: '' },
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('may have the longest, which is Step Functions’ own', async () => {
    const act = () =>
      new Promise((resolve) =>
        setTimeout(() => {
          resolve('done');
        }, 50),
      );
    const under = machine(caught(['States.ALL'], { TimeoutSeconds: 99_999_999 }), act);
    await expect(run(under)).resolves.toBe('done');
  });

  it('has as many as its input says', async () => {
    const path = { TimeoutSecondsPath: '$.left.seconds', Parameters: { do: 1 } };
    const under = machine(caught(['States.Timeout'], path), hang().act);
    const input = { left: { seconds: 1 } };
    await expect(afterASecond(() => run(under, input))).resolves.toEqual({
      ...input,
      error: { Error: 'States.Timeout', Cause: '' },
    });
  });

  it.each([[{}], [{ left: { seconds: 0 } }], [{ left: { seconds: 1.5 } }], [{ left: { seconds: '1' } }]])(
    'fails where the input says no positive integer: %j',
    async (input) => {
      const under = machine(caught(['States.ALL'], { TimeoutSecondsPath: '$.left.seconds' }));
      await expect(run(under, input)).resolves.toMatchObject({ name: 'States.Runtime' });
    },
  );

  it('fails the execution if it is not caught', async () => {
    const under = machine(caught(['Other'], { TimeoutSeconds: 1 }), hang().act);
    await expect(afterASecond(() => under.startSync({ input: '{}' }))).resolves.toMatchObject({
      status: 'FAILED',
      error: 'States.Timeout',
    });
  });
});

describe('an execution that exceeds its TimeoutSeconds', () => {
  it('ends, whatever its states would catch or retry', async () => {
    const { act, signals } = hang();
    const retry = { Retry: [{ ErrorEquals: ['States.ALL'] }] };
    const under = machine({ ...caught(['States.ALL'], retry), TimeoutSeconds: 1 }, act);
    const execution = await afterASecond(() => under.startSync({ input: '{}' }));
    expect(execution).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
    expect(execution).not.toHaveProperty('output');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  // A timer of Node's is over at once where it is to wait for longer than 24 days.
  it.each([2, 99_999_999])('ends before a retry that is to come after %d seconds', async (seconds) => {
    let attempts = 0;
    const retry = { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: seconds }] };
    const under = machine({ ...caught(['States.ALL'], retry), TimeoutSeconds: 1 }, () => {
      attempts += 1;
      throw new StatesError('Flaky', '');
    });
    await expect(under.startSync({ input: '{}' })).resolves.toMatchObject({ status: 'TIMED_OUT' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(attempts).toBe(1);
  });

  it.each([
    ['without one', {}],
    ['with a longer one', { TimeoutSeconds: 3600 }],
  ])('ends after five minutes at most: %s', async (_which, fields) => {
    await withFakeClock(async (pass) => {
      const under = machine({ ...caught(['States.ALL']), ...fields }, hang().act);
      const settled = jest.fn();
      const execution = under.startSync({ input: '{}' }).finally(settled);
      await pass(299_999);
      expect(settled).not.toHaveBeenCalled();
      await pass(1);
      await expect(execution).resolves.toMatchObject({ status: 'TIMED_OUT' });
    });
  });

  it('ends with the local run', async () => {
    const shutdown = new AbortController();
    const execution = machine(caught(['States.ALL']), hang().act).startSync({
      input: '{}',
      signal: shutdown.signal,
    });
    shutdown.abort(new Error('shut down'));
    await expect(execution).rejects.toThrow('shut down');
  });
});
