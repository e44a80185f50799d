import { defaultModelConfig } from '../../contract/default-model-config';
import { contentVersion } from '../../contract/model-config-version';
import { ModelConfigSource, type AppConfigClient, type Poll } from '../../lambdas/tier/model-config-source';
import { skipTime } from '../support/skip-time';

skipTime();

const content = (message: string) => JSON.stringify({ ...defaultModelConfig, maintenanceMessage: message });

/** An AppConfig that answers as each test says, and remembers which tokens it was given. */
function setUp() {
  const state = { now: 0, answer: (): Promise<Partial<Poll>> => Promise.resolve({}) };
  const sent: string[] = [];
  const events: string[] = [];
  let tokens = 0;
  const client: AppConfigClient = {
    startSession: () => Promise.resolve(`session-${++tokens}`),
    poll: async (token) => {
      sent.push(token);
      return { nextToken: `token-${++tokens}`, nextPollSeconds: 15, ...(await state.answer()) };
    },
  };
  const onFailure = jest.fn();
  const source = new ModelConfigSource({
    client,
    now: () => state.now,
    log: (_, event) => events.push(event),
    onFailure,
  });
  return { source, state, sent, events, onFailure };
}

const settle = () => new Promise(setImmediate);

describe('the model configuration of an instance', () => {
  it('comes from AppConfig, for which the first request waits', async () => {
    const { source, state } = setUp();
    state.answer = () => Promise.resolve({ content: content('one') });
    expect(await source.current()).toMatchObject({
      source: 'appconfig',
      version: contentVersion(content('one')),
      config: { maintenanceMessage: 'one' },
    });
  });

  it('is known by its label where it has one', async () => {
    const { source, state } = setUp();
    state.answer = () => Promise.resolve({ content: content('one'), label: 'v7' });
    expect((await source.current()).version).toBe('v7');
  });

  it('is another with another content, also under the label of one that was deleted, and with another label', async () => {
    const { source, state, events } = setUp();
    for (const [message, label, changes] of [
      ['one', 'v7', 1],
      ['one', 'v7', 1],
      ['two', 'v7', 2],
      ['two', 'v8', 3],
    ] as const) {
      state.answer = () => Promise.resolve({ content: content(message), label });
      const { version, config } = await source.current();
      expect([version, config.maintenanceMessage]).toEqual([label, message]);
      expect(events).toHaveLength(changes);
      state.now += 60_000;
    }
  });

  it('is polled no sooner than AppConfig says, and beside the requests', async () => {
    const { source, state, sent } = setUp();
    state.answer = () => Promise.resolve({ content: content('one'), nextPollSeconds: 60 });
    await source.current();
    state.answer = () => Promise.resolve({ content: content('two') });
    state.now = 59_999;
    await source.current();
    expect(sent).toHaveLength(1);

    state.now = 60_000;
    expect((await source.current()).config.maintenanceMessage).toBe('one');
    await settle();
    expect((await source.current()).config.maintenanceMessage).toBe('two');
    expect(sent).toHaveLength(2);
  });

  it('uses each token once, and has one poll under way at most', async () => {
    const { source, state, sent } = setUp();
    state.answer = () => Promise.resolve({ content: content('one') });
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([source.current(), source.current(), source.current()]);
      await settle();
      state.now += 15_000;
    }
    expect(sent).toHaveLength(5);
    expect(new Set(sent).size).toBe(5);
  });

  it('keeps the last known rules while AppConfig fails, then starts a new session', async () => {
    const { source, state, sent, events, onFailure } = setUp();
    state.answer = () => Promise.resolve({ content: content('one') });
    await source.current();
    state.now = 15_000;
    state.answer = () => Promise.reject(new Error('away'));
    await source.current();
    await settle();
    expect((await source.current()).config.maintenanceMessage).toBe('one');
    expect(sent).toHaveLength(3);
    expect(events).toEqual(['config_changed', 'poll_failed']);
    expect(onFailure).toHaveBeenCalledTimes(1);

    // A lost answer may have used the token, and a session may have ended after 24 hours.
    state.now = 20_000;
    state.answer = () => Promise.resolve({ content: content('two') });
    await source.current();
    await settle();
    expect(sent[3]).toMatch(/^session-/);
    expect((await source.current()).config.maintenanceMessage).toBe('two');
  });

  it('is asked for again at once, in a new session, where a kept connection or session has ended', async () => {
    const { source, state, sent, events } = setUp();
    state.answer = () => Promise.resolve({ content: content('one') });
    await source.current();
    state.now = 60_000;
    const answers = [Promise.reject(new Error('reset')), Promise.resolve({ content: content('two') })];
    state.answer = () => answers.shift() ?? Promise.resolve({});
    expect((await source.current()).config.maintenanceMessage).toBe('two');
    expect(sent).toEqual(['session-1', expect.stringMatching(/^token-/), expect.stringMatching(/^session-/)]);
    expect(events).toEqual(['config_changed', 'config_changed']);
  });

  it('falls to the bundled rules when AppConfig was never reached, and says so', async () => {
    const { source, state, sent } = setUp();
    state.answer = () => Promise.reject(new Error('away'));
    expect(await source.current()).toMatchObject({ source: 'bundled', config: defaultModelConfig });

    // Later requests do not wait long for the next attempt.
    state.now = 5_000;
    state.answer = () => new Promise(() => undefined);
    expect((await source.current()).source).toBe('bundled');
    expect(sent).toHaveLength(2);
  });

  it('is waited for once it is older than two intervals, as after a freeze', async () => {
    const { source, state } = setUp();
    state.answer = () => Promise.resolve({ content: content('one') });
    await source.current();
    const slowly = (message: string) => async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { content: content(message) };
    };
    state.now = 29_999;
    state.answer = slowly('two');
    expect((await source.current()).config.maintenanceMessage).toBe('one');
    await new Promise((resolve) => setTimeout(resolve, 200));

    state.now += 30_000;
    state.answer = slowly('three');
    expect((await source.current()).config.maintenanceMessage).toBe('three');
  });

  it.each(['first', 'later'])(
    'is as old as its %s poll, whose answer a freeze has held back',
    async (which) => {
      const { source, state, sent } = setUp();
      if (which === 'later') {
        state.answer = () => Promise.resolve({ content: content('one') });
        await source.current();
        state.now = 15_000;
      }
      let thaw: () => void = () => undefined;
      state.answer = async () => {
        await new Promise<void>((resolve) => (thaw = resolve));
        return which === 'first' ? { content: content('one') } : {};
      };
      const frozen = source.current();
      if (which === 'later') await frozen;
      await settle();

      state.now = 60_000;
      state.answer = () => Promise.resolve({ content: content('two') });
      const asked = source.current();
      thaw();
      expect((await asked).config.maintenanceMessage).toBe('two');
      expect(sent).toHaveLength(which === 'first' ? 2 : 3);
    },
  );

  it('is waited for as soon again where its intervals are short, as on a fast clock', async () => {
    const { source, state } = setUp();
    for (const [now, message] of [
      [0, 'one'],
      [10_000, 'two'],
      [12_000, 'three'],
    ] as const) {
      state.now = now;
      state.answer = () => Promise.resolve({ content: content(message), nextPollSeconds: 1 });
      expect((await source.current()).config.maintenanceMessage).toBe(message);
    }
  });

  it('is not waited for longer than a second, nor by one request after the other', async () => {
    const { source, state } = setUp();
    state.answer = () => Promise.resolve({ content: content('one') });
    await source.current();
    state.now = 60_000;
    state.answer = () => new Promise(() => undefined);
    const began = performance.now();
    for (let request = 0; request < 10; request += 1)
      expect((await source.current()).config.maintenanceMessage).toBe('one');
    expect(performance.now() - began).toBe(1_000);
  });

  it('refuses a configuration that it cannot read, and keeps the one it has', async () => {
    const { source, state, events } = setUp();
    state.answer = () => Promise.resolve({ content: content('one') });
    await source.current();
    for (const broken of ['{', '{}', JSON.stringify({ ...defaultModelConfig, default: {} })]) {
      state.now += 15_000;
      state.answer = () => Promise.resolve({ content: broken });
      await source.current();
      await settle();
      expect((await source.current()).config.maintenanceMessage).toBe('one');
    }
    expect(events).toEqual(['config_changed', 'config_refused', 'config_refused', 'config_refused']);
  });

  it('has failed for as long as the latest version is one that it cannot read', async () => {
    const { source, state, onFailure } = setUp();
    const polled = async (answer: Partial<Poll>) => {
      state.answer = () => Promise.resolve(answer);
      state.now += 15_000;
      await source.current();
      await settle();
      return onFailure.mock.calls.length;
    };
    expect(await polled({ content: content('one') })).toBe(0);
    expect([await polled({ content: '{}' }), await polled({}), await polled({})]).toEqual([1, 2, 3]);
    expect([await polled({ content: content('two') }), await polled({})]).toEqual([3, 3]);
  });
});
