import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import { readConfig } from '../../../constructs/config/read-config';

const PROJECT = join(__dirname, '..', '..', '..');

/**
 * Synthesizes the system with some values configured otherwise.
 * @param overrides laid over the configuration in cdktf.json, key by key
 * @param outDir where to synthesize into
 */
export async function synthesize(overrides: Partial<AssistantConfig>, outDir: string): Promise<void> {
  const assistant = { ...readConfig({}, join(PROJECT, 'cdktf.json')), ...overrides };
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'main.ts'], {
    cwd: PROJECT,
    env: { ...process.env, CDKTF_OUTDIR: outDir, CDKTF_CONTEXT_JSON: JSON.stringify({ assistant }) },
  });
}
