import { createSts, OPERATOR } from '@assistant/emulator/run';
import { openTarget } from '../../benchmark/target';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { captureOutput } from '../capture-output';

const NOBODY = 'http://127.0.0.1:9';

describe('on AWS', () => {
  const { env } = process;
  const sts = createSts('us-east-1');
  beforeAll(async () => {
    process.env = { ...env, AWS_EC2_METADATA_DISABLED: 'true', AWS_ENDPOINT_URL_STS: await sts.listen() };
    for (const name of ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE']) process.env[name] = '/dev/null';
  });
  afterAll(async () => {
    process.env = env;
    await sts.close();
  });
  beforeEach(() => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
  });
  const signIn = (accessKeyId: string): void => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: 'secret' });
  };

  it.each([
    ['there are none', '', /No AWS credentials were found.*aws sso login.*No model was asked/],
    ['AWS does not know them', 'AKIASOMEBODYELSE', /credentials were refused.*No model was asked/],
  ])('is no target where the credentials are not valid: %s', async (_, accessKeyId, message) => {
    signIn(accessKeyId);
    await expect(openTarget('aws', 'both')).rejects.toThrow(message);
  });

  it('is a target with valid credentials, with a key of Bedrock’s own, and where STS cannot be reached', async () => {
    const output = captureOutput();
    const regions = { regions: { 'us-east-1': {}, 'us-west-2': {} }, isPaid: true };
    signIn(OPERATOR.accessKeyId);
    expect(await openTarget('aws', 'both')).toMatchObject(regions);
    expect(output.text()).toBe('');
    process.env.AWS_ENDPOINT_URL_STS = NOBODY;
    expect(await openTarget('aws', 'both')).toMatchObject(regions);
    expect(output.text()).toContain('Whether the credentials are valid is not known');
    signIn('');
    process.env.AWS_BEARER_TOKEN_BEDROCK = 'a key';
    expect(await openTarget('aws', 'both')).toMatchObject(regions);
  });
});

let running: RunningSystem | undefined;
afterEach(async () => {
  delete process.env.LOCAL_PORT_BASE;
  await running?.stop();
});

it('is no target for a benchmark where others answer for the models', async () => {
  running = await startSystem({}, { kind: 'endpoint', url: NOBODY });
  process.env.LOCAL_PORT_BASE = String(running.portBase);
  await expect(openTarget('local', 'primary')).rejects.toThrow('--target aws');
});
