import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SETTINGS } from './circuit/settings';

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
  TIER_DEADLINE_MS: '1000',
  LAST_TIER_DEADLINE_MS: '1000',
  TIER_LEAST_MS: '1000',
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
