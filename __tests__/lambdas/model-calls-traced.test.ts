import { answerWithModel, type WorkflowTier } from '../../lambdas/tier/answer-with-model';
import type { Bedrock } from '../../lambdas/tier/converse';
import type { ModelCall } from '../../lambdas/tier/telemetry';
import { skipTime } from '../support/skip-time';
import { exception } from './failures';
import { says, scripted, start, stops } from './scripted-bedrock';
import { ANSWERING, event, PRIMARY, setUpTier } from './tier-fixture';

skipTime();

async function traced(bedrock: Bedrock, changes: Partial<WorkflowTier> = {}) {
  const calls: ModelCall[] = [];
  const { tier } = setUpTier(bedrock, { trace: (call) => calls.push(call), ...changes });
  await answerWithModel(tier, event());
  return calls;
}

describe('each attempt of a model is traced once', () => {
  it.each<[string, Bedrock, readonly object[]]>([
    ['an answer', scripted(ANSWERING), [{ attempt: 1, reply: { usage: { inputTokens: 7 } } }]],
    [
      'a failure that is retried, and an answer',
      scripted([exception('ThrottlingException')], ANSWERING),
      [
        { attempt: 1, failure: 'throttled' },
        { attempt: 2, reply: { stopReason: 'end_turn' } },
      ],
    ],
    [
      'a failure that is not',
      scripted([exception('AccessDeniedException')]),
      [{ attempt: 1, failure: 'access_denied' }],
    ],
    [
      'a break in mid-answer',
      scripted([start, says('Hel'), exception('ModelStreamErrorException')]),
      [{ attempt: 1, failure: 'model_error', firstSignMs: expect.any(Number) as number }],
    ],
    [
      'a filter’s word',
      scripted([start, stops('content_filtered')]),
      [{ attempt: 1, reply: { stopReason: 'content_filtered' } }],
    ],
  ])('%s', async (_, bedrock, expected) => {
    const calls = await traced(bedrock);
    expect(calls).toHaveLength(expected.length);
    expect(calls).toMatchObject(expected);
    for (const { model, tier, began } of calls) {
      expect([model, tier]).toEqual([PRIMARY, 'primary']);
      expect(began).toBeGreaterThan(0);
    }
  });

  it.each<[string, Partial<WorkflowTier>, string]>([
    [
      'that an open circuit spares',
      { circuits: { permit: () => Promise.resolve(undefined) } as never },
      'circuit_open',
    ],
    ['for which too little time is left', { deadlineMs: 200 }, 'out_of_time'],
  ])('and one %s, as such', async (_, changes, failure) => {
    expect(await traced(scripted(ANSWERING), changes)).toMatchObject([{ attempt: 0, failure }]);
  });
});
