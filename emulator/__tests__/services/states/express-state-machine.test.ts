import { ExpressStateMachine } from '../../../services/states/express-state-machine';
import { LAMBDA_INVOKE, lambdaInvokeTask } from '../../../services/states/workflow';
import { closeAll, deploy } from '../lambda/deploy-function';
import { machineResource } from './machine';

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
