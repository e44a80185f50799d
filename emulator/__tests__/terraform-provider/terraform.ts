import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFailure, startProvider, type AccountSettings, type Document } from '../../terraform-provider';
import { describeWhere } from '../../../__tests__/support/describe-where';

export const describeWithTerraform = describeWhere(
  spawnSync('terraform', ['-version']).status === 0,
  'Terraform',
);

export const BINDINGS = join(__dirname, '..', '..', '..', 'node_modules', '@cdktf', 'provider-aws');

type Json = Readonly<Record<string, unknown>>;

type Settings = Partial<AccountSettings & { latencyMs: number; failures: readonly string[] }>;

/** A stack in us-east-1, and what Terraform says to it; its resources live in an account of its own. */
export class Workspace {
  private readonly directory = mkdtempSync(join(tmpdir(), 'rehearsed stack '));

  constructor(private settings: Settings = {}) {}

  /** The same account and state under other circumstances. */
  under(settings: Settings): this {
    this.settings = settings;
    return this;
  }

  /** @param resource by type and name; `provider` is added */
  async terraform(
    args: readonly string[],
    resource: Readonly<Record<string, Readonly<Record<string, Json>>>>,
    rest: Json = {},
    onLine: (line: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const { failures = [], latencyMs = 0, ...account } = this.settings;
    const stack = {
      terraform: { required_providers: { aws: { source: 'aws', version: '6.25.0' } } },
      provider: { aws: [{ region: 'us-east-1', default_tags: [{ tags: { project: 'test' } }] }] },
      resource,
      ...rest,
    } satisfies Document & Json;
    writeFileSync(join(this.directory, 'cdk.tf.json'), JSON.stringify(stack));
    const provider = await startProvider({
      bindings: BINDINGS,
      accountFile: join(this.directory, 'account.jsonl'),
      account: { concurrentExecutions: 1000, hostedZones: {}, ...account },
      stacks: [stack],
      failures: failures.map(parseFailure),
      latencyMs,
    });
    try {
      // Without `init`: there is nothing to install.
      return await this.run([...args, '-input=false'], provider.environment, onLine);
    } finally {
      provider.close();
    }
  }

  apply(resource: Parameters<Workspace['terraform']>[1], rest: Json = {}) {
    return this.terraform(['apply', '-auto-approve'], resource, rest);
  }

  plan(resource: Parameters<Workspace['terraform']>[1], rest: Json = {}) {
    return this.terraform(['plan', '-detailed-exitcode'], resource, rest);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private run(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    onLine: Parameters<Workspace['terraform']>[3] = () => undefined,
  ) {
    return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
      const child = spawn('terraform', [...args, '-no-color'], {
        cwd: this.directory,
        env: { ...process.env, ...environment, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null' },
      });
      let output = '';
      const onData = (data: Buffer) => {
        output += data.toString();
        onLine(data.toString(), (signal) => child.kill(signal));
      };
      child.stdout.on('data', onData);
      child.stderr.on('data', onData);
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, output });
      });
    });
  }
}

/** What a test of Terraform takes on a machine that does much else. */
export const TERRAFORM_TIMEOUT = 60_000;
