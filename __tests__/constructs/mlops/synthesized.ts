import { App, Testing } from 'cdktf';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import { parseConfig } from '../../../constructs/config/read-config';
import { MlopsStack } from '../../../constructs/mlops-stack';
import { readStack, type Stack } from '@assistant/emulator/run';
import { inOutDir } from '../../../emulator/__tests__/stack/fixture';
import { shippedConfig, type StackJson } from '../../support/synthesize';

/** The mlops stack as synthesized, with some values of `mlops` configured otherwise. */
export function mlopsJson(mlops: Partial<AssistantConfig['mlops']> = {}): StackJson {
  const shipped = shippedConfig();
  const config = parseConfig({ ...shipped, mlops: { ...shipped.mlops, ...mlops } });
  const outdir = mkdtempSync(join(tmpdir(), 'mlops-'));
  try {
    return JSON.parse(Testing.synth(new MlopsStack(new App({ outdir }), 'mlops', { config }))) as StackJson;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The same with its expressions resolved, as a local run reads it. */
export const mlopsStack = (mlops: Partial<AssistantConfig['mlops']> = {}): Stack =>
  inOutDir({ ...mlopsJson(mlops) }, (outDir) => readStack(outDir, 'mlops'), 'mlops');
