import { ResourceNotFoundException, TooManyRequestsException } from '../../../services/lambda/errors';
import type { LambdaResult, LambdaService } from '../../../services/lambda/lambda-service';
import { ExpressStateMachine } from '../../../services/states/express-state-machine';
import { LAMBDA_INVOKE, lambdaInvokeTask } from '../../../services/states/workflow';
import { caught, machineResource, ofSize, run } from './machine';

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
