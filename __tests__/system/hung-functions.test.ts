import { setTimeout as sleep } from 'node:timers/promises';
import {
  ExpressStateMachine,
  LAMBDA_INVOKE,
  lambdaInvokeTask,
  PUT_METRIC_DATA,
  putMetricDataTask,
  readStack,
} from '@assistant/emulator/run';
import { METRICS } from '../../contract/metrics';
import { MAX_ESCAPED_BODY } from '../../contract/question';
import type { ApiResponse, QuestionInput, Source, TierOutcome } from '../../contract/workflow';
import { fitAnswer } from '../../lambdas/tier/fit-answer';
import { synthesize } from '../support/synthesize';

/** As short as seconds allow, in which the state machine counts. */
const BUDGET = { totalMs: 4_000, primaryMs: 1_000, reserveMs: 1_000 };

const app = synthesize({ budget: BUDGET });
afterAll(() => {
  app.remove();
});
const machine = () => {
  const found = readStack(app.directory, 'primary').resources.find(
    ({ type }) => type === 'aws_sfn_state_machine',
  );
  if (found === undefined) throw new Error('There is no state machine.');
  return found;
};

const says = (body: string): ApiResponse => ({ status: 200, body });
const answers = (body: string): TierOutcome => ({ response: says(body) });
const UNANSWERED: TierOutcome = { unanswered: { reason: 'circuit_open', secondsLeft: 4 } };

/** What a function does. */
type Deed = TierOutcome | ApiResponse | 'crashes' | undefined;

/** Its cause, which is JSON, is as long as Step Functions keeps one: 32,768 characters. */
const CRASH = { errorType: 'Error', errorMessage: '"'.repeat(16_000) };

/** One execution; by default nobody hears of a function again. */
async function execute({
  primary,
  fallback,
  degradation,
  source = 'caller',
  body = '{}',
}: {
  readonly primary?: Deed;
  readonly fallback?: Deed;
  readonly degradation?: Deed;
  readonly source?: Source;
  readonly body?: string;
}) {
  const deeds: Readonly<Record<string, Deed>> = {
    'primary-model': primary,
    'fallback-model': fallback,
    degradation,
  };
  const counted: string[] = [];
  const under = new ExpressStateMachine({
    resource: machine(),
    actions: {
      [LAMBDA_INVOKE]: lambdaInvokeTask({
        invoke: async (arn, _, signal) => {
          const called = Object.keys(deeds).find((name) => arn.includes(`-${name}:`)) ?? '';
          const payload = deeds[called];
          if (payload === undefined) await sleep(60_000, undefined, { signal });
          const result = { executedVersion: '1', requestId: '1', payload };
          return payload === 'crashes' ? { ...result, payload: CRASH, functionError: 'Unhandled' } : result;
        },
      }),
      [PUT_METRIC_DATA]: putMetricDataTask({ put: ({ name }) => counted.push(name) }),
    },
  });
  const input: QuestionInput = {
    kind: 'question',
    source,
    caller: '',
    tokensPerDay: '',
    requestId: '1',
    body,
    bodyTooLarge: false,
  };
  const { status, output } = await under.startSync({ input: JSON.stringify(input) });
  const { body: said } = JSON.parse(output ?? '{}') as Partial<ApiResponse>;
  return { status, body: said, counted };
}

describe('a function that never ends', () => {
  it.concurrent.each([
    ['the primary’s leaves the answer to the fallback', { fallback: answers('fallback') }, 'fallback'],
    ['the fallback’s, to degradation', { primary: UNANSWERED, degradation: says('degraded') }, 'degraded'],
    [
      'the fallback’s after one that crashed, to degradation',
      { primary: 'crashes', degradation: says('degraded') },
      'degraded',
    ],
    ['both, to degradation', { degradation: says('degraded') }, 'degraded'],
  ] as const)('%s', async (_, deeds, body) => {
    expect(await execute(deeds)).toEqual({ status: 'SUCCEEDED', body, counted: [] });
  });

  it.concurrent.each([
    ['caller', METRICS.noModelAnswer],
    ['canary', METRICS.canaryUnanswered],
  ] as const)('is answered and counted to the %s, where all of them hang', async (source, metric) => {
    const { status, body, counted } = await execute({ source });
    expect([status, counted]).toEqual(['SUCCEEDED', [METRICS.lastResort, metric]]);
    expect(JSON.parse(body ?? '')).toMatchObject({ tier: 'degraded', reason: 'degradation_failed' });
  });
});

describe('a function that fails with much to say of it', () => {
  const body = 'a'.repeat(MAX_ESCAPED_BODY);

  it('leaves the longest answer of the next one its room, beside the longest question', async () => {
    const from = {
      model: 'm',
      tier: 'fallback',
      degraded: false,
      region: 'us-east-1',
      requestId: '1',
    } as const;
    const usage = { inputTokens: 1, outputTokens: 1 };
    const response = fitAnswer(
      { answer: 'a'.repeat(300_000), ...from, stopReason: 'end_turn', usage },
      { body },
    );
    const { status, body: said } = await execute({ primary: 'crashes', fallback: { response }, body });
    expect([status, said === response.body]).toEqual(['SUCCEEDED', true]);
  });

  it('is answered for, where all of them do', async () => {
    const { status, counted } = await execute({
      ...{ primary: 'crashes', fallback: 'crashes', degradation: 'crashes' },
      body,
    });
    expect([status, counted]).toEqual(['SUCCEEDED', [METRICS.lastResort, METRICS.noModelAnswer]]);
  });
});
