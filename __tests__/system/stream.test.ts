import { PORTS } from '@assistant/emulator';
import { IMPATIENT, JSON_TYPE, startSystem, WITH_KEY, type RunningSystem } from '../support/local-system';
import { followContract, parseEvents } from '../support/read-stream';

const HAIKU = 'us.anthropic.claude-haiku-5-5';
const QUESTION = { question: 'What is inflation?' };

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem(IMPATIENT());
}, 30_000);
afterAll(() => running.stop());
afterEach(async () => {
  await running.send('control', 'DELETE', '/faults');
  await running.send('control', 'DELETE', '/models');
});

/** Opens a stream at a region's own address. */
const open = (body: unknown = QUESTION, at: keyof typeof PORTS = 'primary', signal?: AbortSignal) =>
  fetch(`http://127.0.0.1:${running.portBase + PORTS[at]}/stream`, {
    method: 'POST',
    headers: { ...WITH_KEY, ...JSON_TYPE },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });

const listen = async (body?: unknown, at?: keyof typeof PORTS) => {
  const response = await open(body, at);
  return { status: response.status, headers: response.headers, ...parseEvents(await response.text()) };
};

const names = ({ events }: Pick<Awaited<ReturnType<typeof listen>>, 'events'>) =>
  events.map(({ name }) => name).filter((name, index, all) => name !== 'delta' || all[index - 1] !== 'delta');

describe('a streamed answer', () => {
  it.each(['primary', 'secondary'] as const)('in the %s region is the model’s, as it is said', async (at) => {
    const heard = await listen(QUESTION, at);
    expect([heard.status, heard.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(names(heard)).toEqual(['start', 'delta', 'end']);
    const region = at === 'primary' ? 'us-east-1' : 'us-west-2';
    expect(heard.events[0]?.data).toMatchObject({ region, tier: 'primary', model: HAIKU });
    const { text, whole } = followContract(heard.events);
    expect(text).toMatch(/What is inflation\?$/);
    expect(whole).toMatchObject({
      complete: true,
      tier: 'primary',
      model: HAIKU,
      degraded: false,
      stopReason: 'end_turn',
      usage: { inputTokens: expect.any(Number) as number, outputTokens: expect.any(Number) as number },
    });
  });
});
