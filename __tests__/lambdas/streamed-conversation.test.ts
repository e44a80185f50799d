import { newConversationId } from '../../contract/conversation';
import type { ModelRule } from '../../contract/model-config';
import { converse } from '../../lambdas/chat/converse';
import type { ChatEvent } from '../../lambdas/chat/telling';
import { Conversations } from '../../lambdas/tier/conversations';
import { counts, says, scripted, start, stops, type Step } from './scripted-bedrock';
import { event, RULES, setUpTier } from './tier-fixture';
import { skipTime } from '../support/skip-time';

skipTime();

const ID = newConversationId('shop');
const BROKEN = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
const ENDS = [stops('end_turn'), counts(7, 3)];

/** What is told and kept of a question in a conversation, whose models do so in turn. */
async function asked(scripts: readonly (readonly Step[])[], onBreak: NonNullable<ModelRule['onBreak']>) {
  const kept: string[] = [];
  const conversations = new Conversations({
    store: {
      read: () => Promise.resolve([{ question: 'before', answer: 'said' }]),
      add: (_, __, { answer }) => {
        kept.push(answer);
        return Promise.resolve(true);
      },
    },
    onStoreFailure: () => undefined,
  });
  const config = { ...RULES, default: { ...RULES.default, onBreak } };
  const rules = { current: () => Promise.resolve({ config, source: 'appconfig', version: 'v1' } as const) };
  const { tier } = setUpTier(scripted(...scripts), { conversations, rules });
  const events: ChatEvent[] = [];
  const { signal: left } = new AbortController();
  await converse(
    {
      ...tier,
      tiers: [tier, { ...tier, tier: 'fallback' }],
      degradation: { ...tier, maintenanceMessage: 'Away.', retryAfterSeconds: 30 },
      longestMs: 10_000,
    },
    event(),
    { question: 'now', type: 'general', conversation: { id: ID } },
    {
      left,
      restarts: true,
      send: (each) => {
        events.push(each);
        return undefined;
      },
    },
  );
  return { kept, events, last: events.at(-1) };
}

describe('a turn that is streamed', () => {
  it('is kept as it was said, and its last event says so', async () => {
    const { kept, last } = await asked([[start, says('All '), says('of it.'), ...ENDS]], 'restart');
    expect(kept).toEqual(['All of it.']);
    expect(last).toMatchObject({
      type: 'end',
      context: { turns: 1, trimmed: 0 },
      conversation: { id: ID, stored: true },
    });
  });

  it('is kept without what a restart has made void', async () => {
    const broken = [start, says('Void '), BROKEN];
    const { kept, events } = await asked([broken, [start, says('Anew.'), ...ENDS]], 'restart');
    expect(events.map(({ type }) => type)).toContain('restart');
    expect(kept).toEqual(['Anew.']);
  });

  it('is kept with what stood when another model went on', async () => {
    const broken = [start, says('Half, '), BROKEN];
    const { kept, events } = await asked([broken, [start, says('Half, and half.'), ...ENDS]], 'continue');
    expect(events.map(({ type }) => type)).toContain('continue');
    expect(kept).toEqual(['Half, and half.']);
  });

  it('is not kept where no model answers', async () => {
    const { kept, last } = await asked([[BROKEN]], 'restart');
    expect([kept, last]).toEqual([
      [],
      expect.objectContaining({ type: 'end', degraded: expect.anything() as unknown }),
    ]);
    expect(last).not.toHaveProperty('conversation');
  });
});
