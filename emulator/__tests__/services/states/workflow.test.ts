import { StartSyncExecutionError, ExpressStateMachine } from '../../../services/states/express-state-machine';
import { effectOf } from '../../../platform/faults/modes';
import { startSyncExecutionAction, LAMBDA_INVOKE, lambdaInvokeTask } from '../../../services/states/workflow';
import { caught, machine, MACHINE_ARN, ofSize, single, machineResource, run } from './machine';
import { StatesError } from '../../../services/states/states-error';
import { ResourceNotFoundException, TooManyRequestsException } from '../../../services/lambda/errors';
import type { LambdaResult, LambdaService } from '../../../services/lambda/lambda-service';

const action = startSyncExecutionAction([machine(single({ Type: 'Pass' }))]);
const start = async (request: unknown) => {
  const { body, status } = await action(typeof request === 'string' ? request : JSON.stringify(request));
  return { status, body: JSON.parse(body) as Record<string, unknown> };
};

describe('StartSyncExecution', () => {
  it('answers with the execution', async () => {
    const before = Date.now() / 1000;
    const { body, status } = await start({ stateMachineArn: MACHINE_ARN, input: '{"a": 1}', name: 'run-1' });
    expect(status).toBe(200);
    expect(body).toEqual({
      executionArn: expect.stringContaining(':express:workflow:run-1:') as string,
      stateMachineArn: MACHINE_ARN,
      name: 'run-1',
      startDate: expect.any(Number) as number,
      stopDate: expect.any(Number) as number,
      status: 'SUCCEEDED',
      input: '{"a": 1}',
      inputDetails: { included: true },
      output: '{"a":1}',
      outputDetails: { included: true },
    });
    expect(body.startDate).toBeGreaterThanOrEqual(before - 0.001);
    expect(body.startDate).toBeLessThan(before + 5);
  });

  it('answers 200 for an execution that failed', async () => {
    const failing = startSyncExecutionAction([
      machine(caught(['Other']), () => {
        throw new StatesError('Broken', 'why');
      }),
    ]);
    const { body, status } = await failing(JSON.stringify({ stateMachineArn: MACHINE_ARN }));
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ status: 'FAILED', error: 'Broken', cause: 'why' });
  });

  it('asks whether the caller may start the machine before it starts it, and after it has read the request', async () => {
    let runs = 0;
    const permit = jest.fn<undefined, [string]>(() => {
      throw new StartSyncExecutionError('AccessDeniedException', 'no');
    });
    const guarded = startSyncExecutionAction([machine(caught(['Other']), () => (runs += 1))]);
    await expect(guarded(JSON.stringify({ stateMachineArn: MACHINE_ARN }), permit)).resolves.toEqual({
      status: 400,
      body: JSON.stringify({ __type: 'AccessDeniedException', message: 'no' }),
    });
    expect((await guarded('{"stateMachineArn":{}}', permit)).body).toContain('ValidationException');
    expect([permit.mock.calls, runs]).toEqual([[[MACHINE_ARN]], 0]);
  });

  it('what goes wrong with the permission itself is not let pass', async () => {
    const permit = () => {
      throw new TypeError('broken');
    };
    await expect(action(JSON.stringify({ stateMachineArn: MACHINE_ARN }), permit)).rejects.toThrow('broken');
  });

  it.each([
    ['down', 500, 'InternalServerError', 'An internal error occurred.'],
    ['throttle', 400, 'ThrottlingException', 'Rate exceeded'],
  ])('answers with the error of a fault, and starts nothing: %s', async (mode, status, __type, message) => {
    let runs = 0;
    const down = startSyncExecutionAction([
      machine(
        caught(['Other']),
        () => (runs += 1),
        {},
        undefined,
        () => effectOf('workflow', mode),
      ),
    ]);
    await expect(down(JSON.stringify({ stateMachineArn: MACHINE_ARN }))).resolves.toEqual({
      status,
      body: JSON.stringify({ __type, message }),
    });
    expect(runs).toBe(0);
  });

  it.each<[what: string, request: unknown, type: string]>([
    ['an unknown machine', { stateMachineArn: `${MACHINE_ARN}s` }, 'StateMachineDoesNotExist'],
    ['no machine', { input: '{}' }, 'ValidationException'],
    ['an input that is no text', { stateMachineArn: MACHINE_ARN, input: {} }, 'ValidationException'],
    ['an input that is no JSON', { stateMachineArn: MACHINE_ARN, input: '{' }, 'InvalidExecutionInput'],
    [
      'too large an input',
      { stateMachineArn: MACHINE_ARN, input: JSON.stringify(ofSize(262_145)) },
      'ValidationException',
    ],
    ['a name with a space', { stateMachineArn: MACHINE_ARN, name: 'a b' }, 'InvalidName'],
    ['a name with a colon', { stateMachineArn: MACHINE_ARN, name: 'a:b' }, 'InvalidName'],
    ['too long a name', { stateMachineArn: MACHINE_ARN, name: 'x'.repeat(81) }, 'ValidationException'],
    ['an empty name', { stateMachineArn: MACHINE_ARN, name: '' }, 'ValidationException'],
    ['a request that is no JSON', 'input', 'SerializationException'],
  ])('refuses %s', async (_what, request, type) => {
    await expect(start(request)).resolves.toEqual({
      status: 400,
      body: { __type: type, message: expect.any(String) as string },
    });
  });

  it('takes an input of exactly 262,144 bytes', async () => {
    const { body } = await start({ stateMachineArn: MACHINE_ARN, input: JSON.stringify(ofSize(262_144)) });
    expect(body.status).toBe('SUCCEEDED');
  });
});

// It takes 0.1 s for each machine; definition.test.ts goes through the real one.
jest.mock('asl-validator', () => () => ({ isValid: true }));

type Invoke = LambdaService['invoke'];
const answer =
  (result: Partial<LambdaResult>): Invoke =>
  () =>
    Promise.resolve({ executedVersion: '$LATEST', requestId: 'id-1', payload: null, ...result });

function invoking(invoke: Invoke, parameters: Record<string, unknown> = { FunctionName: 'assistant' }) {
  return new ExpressStateMachine({
    resource: machineResource(caught(['States.ALL'], { Resource: LAMBDA_INVOKE, Parameters: parameters })),
    actions: { [LAMBDA_INVOKE]: lambdaInvokeTask({ invoke }) },
  });
}

describe('lambda:invoke', () => {
  it('hands over the payload and selects like AWS from the result', async () => {
    const echo: Invoke = (name, payload) => answer({ payload: { name, payload } })(name, payload);
    await expect(
      run(invoking(echo, { FunctionName: 'assistant', 'Payload.$': '$' }), { a: 1 }),
    ).resolves.toMatchObject({
      ExecutedVersion: '$LATEST',
      Payload: { name: 'assistant', payload: { a: 1 } },
      SdkResponseMetadata: { RequestId: 'id-1' },
      StatusCode: 200,
    });
  });

  it('fails with the error that the function reports', async () => {
    const payload = { errorType: 'ThrottlingException', errorMessage: 'slow down', trace: [] };
    const under = invoking(answer({ functionError: 'Unhandled', payload }));
    await expect(run(under)).resolves.toEqual({
      error: { Error: 'ThrottlingException', Cause: JSON.stringify(payload) },
    });
  });

  it.each([
    [new TooManyRequestsException('ConcurrentInvocationLimitExceeded'), 'Lambda.TooManyRequestsException'],
    [new ResourceNotFoundException('assistant'), 'Lambda.ResourceNotFoundException'],
  ])('fails with the error of the service: %s', async (error, name) => {
    await expect(run(invoking(() => Promise.reject(error)))).resolves.toMatchObject({
      error: { Error: name },
    });
  });

  it('fails for a result of more than 256 KB, which States.ALL does not catch', async () => {
    await expect(run(invoking(answer({ payload: ofSize(262_144) })))).resolves.toMatchObject({
      name: 'States.DataLimitExceeded',
    });
  });

  it('fails the execution for a function name that is no text', async () => {
    const under = invoking(answer({}), { 'FunctionName.$': '$.name' });
    await expect(run(under, { name: 1 })).resolves.toMatchObject({ name: 'States.Runtime' });
  });

  it('is refused at load without a function', () => {
    expect(() => invoking(answer({}), {})).toThrow(/Parameters\.FunctionName: .* requires it/);
  });
});
