import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeAccess } from '../../lambdas/handlers/compose-tier';
import { SETTINGS } from './circuit/settings';
import { PRIMARY } from './tier-fixture';

/** What the constructs and Lambda set. */
const VARIABLES = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  APPCONFIG_APPLICATION: 'application',
  APPCONFIG_ENVIRONMENT: 'environment',
  APPCONFIG_PROFILE: 'profile',
  APPCONFIG_POLL_SECONDS: '15',
  METRIC_NAMESPACE: 'assistant',
  CIRCUIT_TABLE: 'circuits',
  USAGE_TABLE: 'usage',
  CIRCUIT_SETTINGS: JSON.stringify(SETTINGS),
  TIER_TIME: JSON.stringify({ deadlineMs: 1_000, leastMs: 1_000 }),
  LAST_DEADLINE_MS: '1000',
  MAX_RETRY_AFTER_SECONDS: '2',
  GUARDRAIL: '',
  CONVERSATIONS: '',
  MODEL_GEOGRAPHY: '',
};

const { env } = process;
let appConfig: Server;

beforeEach(async () => {
  appConfig = createServer(({ url }, response) => {
    const headers = { 'Content-Type': 'application/json', 'Next-Poll-Configuration-Token': 'next' };
    response.writeHead(200, headers);
    response.end(url === '/configurationsessions' ? '{"InitialConfigurationToken":"first"}' : '');
  });
  await once(appConfig.listen(0, '127.0.0.1'), 'listening');
  const { port } = appConfig.address() as AddressInfo;
  process.env = { ...env, ...VARIABLES, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
});

afterEach(async () => {
  process.env = env;
  appConfig.close();
  await once(appConfig, 'close');
});

const nextPath = async () => {
  const [{ url }] = (await once(appConfig, 'request')) as [{ readonly url: string }];
  return new URL(url, 'http://localhost').pathname;
};

describe('an instance', () => {
  it.each(['primary-model', 'fallback-model', 'health'])(
    'of %s asks for its rules before its first request is there',
    async (entry) => {
      const asked = nextPath();
      await import(`../../lambdas/handlers/${entry}`);
      expect(await asked).toBe('/configurationsessions');
      expect(await nextPath()).toBe('/configuration');
    },
  );
});

describe('of an instance that reaches nobody', () => {
  /** Nobody listens there. */
  const AWAY = 'http://127.0.0.1:1';

  const writtenWhile = async (bringAbout: (of: ReturnType<typeof composeAccess>) => unknown) => {
    Object.assign(process.env, { AWS_ENDPOINT_URL: AWAY, AWS_ENDPOINT_URL_DYNAMODB: AWAY });
    const lines: string[] = [];
    const write = jest.spyOn(process.stdout, 'write');
    write.mockImplementation((line) => lines.push(String(line)) > 0);
    try {
      const composed = composeAccess();
      await bringAbout(composed);
      await composed.access.rules.current();
    } finally {
      write.mockRestore();
    }
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as unknown);
  };

  it.each<[string, string, object, (of: ReturnType<typeof composeAccess>) => unknown]>([
    [
      'a circuit that opens',
      'circuit_transition',
      { CircuitTransitions: 1, model: PRIMARY, to: 'open' },
      async ({ access }) => {
        for (let failures = 0; failures < SETTINGS.minimumCalls; failures += 1) {
          await (await access.circuits.permit(PRIMARY, 1_000, 'caller'))?.settle('bad');
        }
      },
    ],
    [
      'tokens that could not be counted',
      'usage_store_failed',
      { UsageFailures: 1 },
      ({ access }) => access.budget.count({ caller: 'shop', tokensPerDay: '100' }, 10),
    ],
    [
      'rules that could not be asked for',
      'poll_failed',
      { ConfigurationFailures: 1 },
      ({ access }) => access.rules.current(),
    ],
    [
      'a conversation that could not be forgotten',
      'conversation_store_failed',
      { ConversationFailures: 1 },
      ({ onConversationFailure }) => {
        onConversationFailure(new Error('away'));
      },
    ],
  ])('%s: the log says %s, and it is counted', async (_, message, metric, bringAbout) => {
    const written = await writtenWhile(bringAbout);
    for (const fields of [{ message }, metric]) {
      expect(written).toContainEqual(expect.objectContaining(fields));
    }
  });

  it('circuits that could not be read: the log says circuit_store_failed, with the error’s name, and it is counted', async () => {
    const written = await writtenWhile(({ access }) => access.circuits.permit(PRIMARY, 1_000, 'caller'));
    const fields = { level: 'WARN', message: 'circuit_store_failed', error: 'Error' };
    for (const line of [fields, { CircuitStoreFailures: 1 }]) {
      expect(written).toContainEqual(expect.objectContaining(line));
    }
  });

  it('circuits whose read broke off while its instance was frozen: the log says so, and it is not counted', async () => {
    const { now } = Date;
    let frozenMs = 0;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + frozenMs);
    const written = await writtenWhile(({ access }) => {
      const permit = access.circuits.permit(PRIMARY, 1_000, 'caller');
      frozenMs = 60_000;
      return permit;
    });
    clock.mockRestore();
    expect(written).toContainEqual(expect.objectContaining({ message: 'circuit_store_failed' }));
    expect(written).not.toContainEqual(expect.objectContaining({ CircuitStoreFailures: 1 }));
  });
});
