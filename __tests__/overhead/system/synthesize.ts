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

/** A limit of a day, so that tokens are counted. */
export const ENDLESS_TOKENS = 1_000_000_000_000;

const RATE = { requestsPerSecond: 10_000, burst: 5_000 };

/** What refuses is no part of what is measured: throttles are as wide as API Gateway has them, and tokens do not end. */
export const withoutCeilings = ({ callers }: AssistantConfig): Partial<AssistantConfig> => {
  return { throttle: RATE, callers: { ...callers, limits: { tokensPerDay: ENDLESS_TOKENS, rate: RATE } } };
};

/** Everybody may ask: no keys, nothing counted. */
export const withoutCallers = ({ callers }: AssistantConfig): Partial<AssistantConfig> => ({
  throttle: RATE,
  callers: { ...callers, mode: 'none', public: true, keys: [], limits: {} },
});
