import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { CommandError } from '../command/errors';
import { PROJECT } from '../command/project';

type Values = Readonly<Record<string, unknown>>;

/** What of a stack is paid for. */
export interface BilledStack {
  readonly name: string;
  readonly region: string;
  /** All resources of a type, by the last part of their address. */
  of(type: string): ReadonlyMap<string, Values>;
}

interface Synthesized {
  readonly provider: { readonly aws: readonly { readonly region: string }[] };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Values>>>>;
}

/** @throws CommandError where the app does not synthesize */
export function synthesizedStacks(config: AssistantConfig): readonly BilledStack[] {
  const outDir = mkdtempSync(join(tmpdir(), 'assistant-cost-'));
  try {
    const CDKTF_CONTEXT_JSON = JSON.stringify({ assistant: config });
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'main.ts'], {
      cwd: PROJECT,
      encoding: 'utf8',
      env: { ...process.env, CDKTF_OUTDIR: outDir, CDKTF_CONTEXT_JSON },
    });
    if (status !== 0) throw new CommandError(`The app does not synthesize:\n${stderr}`);
    const read = (file: string): unknown => JSON.parse(readFileSync(join(outDir, file), 'utf8'));
    const { stacks } = read('manifest.json') as {
      stacks: Readonly<Record<string, { readonly synthesizedStackPath: string }>>;
    };
    return Object.entries(stacks).map(([name, { synthesizedStackPath }]) =>
      billed(name, read(synthesizedStackPath) as Synthesized),
    );
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

export const billed = (name: string, { provider, resource }: Synthesized): BilledStack => ({
  name,
  region: provider.aws[0]?.region ?? '',
  of: (type) => new Map(Object.entries(resource[type] ?? {})),
});
