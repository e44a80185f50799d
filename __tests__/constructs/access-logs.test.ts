import { App, Testing } from 'cdktf';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { parseConfig } from '../../constructs/config/read-config';
import { RegionalStack } from '../../constructs/regional-stack';
import { shippedConfig, type StackJson } from '../support/synthesize';

const folder = mkdtempSync(join(tmpdir(), 'assistant-access-logs-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function stackOf(accessLogs?: AssistantConfig['accessLogs']): StackJson {
  const config = parseConfig({ ...shippedConfig(), accessLogs });
  const stack = new RegionalStack(new App({ outdir: folder }), 'primary', { config, role: 'primary' });
  return JSON.parse(Testing.synth(stack)) as StackJson;
}

const logging = ({ resource }: StackJson) =>
  resource.aws_api_gateway_stage?.assistant_api_stage?.access_log_settings as
    { readonly destination_arn: string; readonly format: string } | undefined;
const account = ({ resource }: StackJson) => resource.aws_api_gateway_account?.assistant_api_account;

/** What of API Gateway's variables neither a caller nor a model wrote, and names no person by itself. */
const HARMLESS = [
  ...['extendedRequestId', 'requestTimeEpoch', 'authorizer.principalId', 'resourcePath', 'status'],
  ...['error.responseType', 'responseLatency', 'integrationLatency', 'responseLength'],
];

describe('access logs', () => {
  it('are none as shipped, and of the callers’ API alone where they are on', () => {
    expect([logging(stackOf()), account(stackOf())]).toEqual([undefined, undefined]);
    const { resource } = stackOf({ accountRole: 'existing' });
    const logged = Object.entries(resource.aws_api_gateway_stage ?? {}).filter(
      ([, { access_log_settings: settings }]) => settings !== undefined,
    );
    expect(logged.map(([name]) => name)).toEqual(['assistant_api_stage']);
    expect(resource.aws_cloudwatch_log_group?.assistant_api_access_logs).toMatchObject({
      name: '/aws/api-gateway/customer-assistant-api/access',
      retention_in_days: 30,
    });
  });

  it('hold nothing that a caller or a model wrote', () => {
    const format = logging(stackOf({ accountRole: 'existing' }))?.format ?? '';
    expect(format).not.toContain('\n');
    const fields = Object.values(JSON.parse(format) as Record<string, string>);
    expect(fields.sort()).toEqual(HARMLESS.map((name) => `$context.${name}`).sort());
  });

  it('come with the account’s role only where that is said, and not before it', () => {
    expect(account(stackOf({ accountRole: 'existing' }))).toBeUndefined();
    const created = stackOf({ accountRole: 'create' });
    expect(account(created)).toMatchObject({
      cloudwatch_role_arn: '${aws_iam_role.assistant_api_account_role.arn}',
    });
    expect(created.resource.aws_api_gateway_stage?.assistant_api_stage?.depends_on).toContain(
      'aws_api_gateway_account.assistant_api_account',
    );
  });

  it.each([[{}], [{ accountRole: 'mine' }], [true]])('are not %j', (accessLogs) => {
    expect(() => stackOf(accessLogs as never)).toThrow(/accessLogs/);
  });
});
