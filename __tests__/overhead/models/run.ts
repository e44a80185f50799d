import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PORTS } from '@assistant/emulator';
import { latenciesOf } from '@assistant/operator/report';
import { readConfig } from '../../../constructs/config/read-config';
import type { ModelConfig } from '../../../contract/model-config';
import { startLocalSystem } from '../system/local-system';
import { BODY } from '../system/question';
import { synthesize, withoutCeilings } from '../system/synthesize';
import type { Workspace } from '../workspace';

export interface ModelsPlan {
  /** Milliseconds of load beside each command: longer than the functions' interval of polls. */
  readonly sliceMs: number;
  readonly warmUpMs: number;
}

/** What a change of the rules does to those who ask meanwhile. */
export interface ModelsChange {
  /** Words of the operator's command. */
  readonly change: string;
  readonly calls: number;
  /** Of the slice before, beside a command that changes nothing, and of this one, in milliseconds. */
  readonly p99: { readonly before: number; readonly during: number };
  /** What came in place of the primary model's answer. */
  readonly failures: readonly string[];
}

const CONCURRENCY = 10;
const UPSTREAM_MS = 100;
const PROJECT = join(__dirname, '..', '..', '..');

/**
 * Callers ask all the time while an operator changes the rules of both regions at once. Each change stands beside a
 * slice with a command that only looks, since on one machine a command costs callers something, whatever it does.
 */
export async function runModels(
  workspace: Workspace,
  { sliceMs, warmUpMs }: ModelsPlan,
  onProgress: (text: string) => void,
): Promise<readonly ModelsChange[]> {
  const outDir = join(workspace.directory, 'models');
  await synthesize(withoutCeilings(readConfig()), outDir);
  const { upstream, url: bedrockUrl } = await workspace.startUpstream();
  await upstream.call('setLatency', UPSTREAM_MS);
  const { url } = await startLocalSystem(workspace, {
    outDir,
    bedrock: { kind: 'endpoint', url: bedrockUrl },
  });
  const callers = await workspace.startLoader({ kind: 'path', url, body: BODY });
  const base = Number(new URL(url).port) - PORTS.primary;
  const operate = (...words: readonly string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'operator/main.ts', ...words], {
      cwd: PROJECT,
      env: { ...process.env, LOCAL_PORT_BASE: String(base) },
    });
  const beside = async (...words: readonly string[]) =>
    (
      await Promise.all([
        callers.call('run', { concurrency: CONCURRENCY, durationMs: sliceMs }),
        operate(...words),
      ])
    )[0];

  const file = join(workspace.directory, 'rules.json');
  await operate('models', 'show', '--out', file);
  const rules = JSON.parse(readFileSync(file, 'utf8')) as ModelConfig;
  writeFileSync(file, JSON.stringify({ ...rules, maintenanceMessage: `${rules.maintenanceMessage} ` }));
  onProgress('models: warming up');
  await callers.call('run', { concurrency: CONCURRENCY, durationMs: warmUpMs });
  const changes: ModelsChange[] = [];
  for (const words of [
    ['set', 'general.primary', 'us.amazon.nova-pro-v1:0', '--now', '--yes'],
    ['deploy', file, '--now', '--yes'],
    ['rollback', '--yes'],
  ]) {
    const [change = ''] = words;
    onProgress(`models: ${change}`);
    const before = await beside('models', 'diff', file);
    const during = await beside('models', ...words);
    changes.push({
      ...{ change, calls: during.tiers.length },
      p99: { before: latenciesOf(before.latencyMs).p99, during: latenciesOf(during.latencyMs).p99 },
      failures: [...before.tiers, ...during.tiers].filter((tier) => tier !== 'primary'),
    });
  }
  return changes;
}
