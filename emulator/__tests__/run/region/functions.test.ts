import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { RoleSessions } from '../../../platform/policy/authorizer';
import type { BedrockMode } from '../../../run/region/bedrock-mode';
import { createFunctions } from '../../../run/region/functions';
import { untraced } from '../../../services/xray/segment';
import type { Stack } from '../../../stack/stack';
import { allow, authorizerOf, documentOf, ROLE } from '../../platform/policy/fixture';
import { functionResource } from '../../services/lambda/deploy-function';

const ENDPOINTS = {
  AWS_ENDPOINT_URL_APPCONFIGDATA: 'http://127.0.0.1:1',
  AWS_ENDPOINT_URL_BEDROCK: 'http://127.0.0.1:2',
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:3',
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:4',
  AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:5',
  AWS_ENDPOINT_URL_SERVICE_QUOTAS: 'http://127.0.0.1:6',
  AWS_ENDPOINT_URL_XRAY: 'http://127.0.0.1:7',
  AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:8',
};

const span = () => untraced({ root: '1-00000000-000000000000000000000000', sampled: false });

/** The whole environment of a function of the stack. */
async function environmentOf(mode: BedrockMode): Promise<Record<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), 'functions-'));
  const code = 'exports.handler = async () => ({ ...process.env });';
  writeFileSync(join(directory, 'assistant.zip'), zipSync({ 'index.js': strToU8(code) }));
  const fn = functionResource({ role: ROLE, environment: { variables: { CONFIGURED: 'yes' } } });
  const authorizer = authorizerOf([documentOf(allow)]);
  const stack = { region: 'us-east-1', directory, of: (type: string) => (type === fn.type ? [fn] : []) };
  const functions = createFunctions({
    stack: stack as unknown as Stack,
    authorizer,
    sessions: new RoleSessions(authorizer),
    mode,
    endpoints: ENDPOINTS,
    onLog: () => undefined,
    onMetric: () => undefined,
    intercept: () => undefined,
    lambda: {},
    xray: { begin: span },
  });
  try {
    const { payload } = await functions.invoke('assistant', {});
    return payload as Record<string, string>;
  } finally {
    await functions.close();
    rmSync(directory, { recursive: true });
  }
}

const CONFIGURED_OR_RESERVED = [
  ...['AWS_ACCESS_KEY_ID', 'AWS_DEFAULT_REGION', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
  ...['AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_INITIALIZATION_TYPE'],
  ...['AWS_REGION', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'CONFIGURED', 'LAMBDA_TASK_ROOT'],
  ...['_HANDLER', '_X_AMZN_TRACE_ID'],
];
/** What makes the AWS SDK call this run, and say nothing of the machine's Node. */
const OF_THIS_RUN = /^(AWS_ENDPOINT_URL_.+|HOME|AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED)$/;

it.each<BedrockMode>([
  { kind: 'stand-in' },
  { kind: 'aws' },
  { kind: 'endpoint', url: 'http://127.0.0.1:9' },
])(
  'with $kind, a function sees its role’s credentials and nothing of the person’s environment',
  async (mode) => {
    process.env.AWS_PROFILE = 'of-the-person';
    process.env.AWS_ACCESS_KEY_ID = 'AKIAOFTHEPERSON';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret-of-the-person';
    process.env.AWS_BEARER_TOKEN_BEDROCK = 'token-of-the-person';
    process.env.OTHER_SECRET = 'other-of-the-person';
    const environment = await environmentOf(mode);

    const names = Object.keys(environment).filter((name) => !OF_THIS_RUN.test(name));
    expect(names.sort()).toEqual(CONFIGURED_OR_RESERVED);
    expect(JSON.stringify(environment)).not.toMatch(/person/i);
    expect(environment.HOME).not.toBe(process.env.HOME);
    expect(environment).toMatchObject({
      AWS_SESSION_TOKEN: 'local',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'url' in mode ? mode.url : 'http://127.0.0.1:3',
    });
  },
);
