import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnsupportedError } from '../stack/resource';
import { readStack, type Stack } from '../stack/stack';
import { StartError } from './start-error';
import { optionalBlock, text } from '../stack/values';

export type Role = 'primary' | 'secondary';

/** The stacks that a run consists of, by what is in them: one region at the least. */
export interface Stacks extends Readonly<Partial<Record<Role, Stack>>> {
  /** What fine-tuning needs; there may be none. */
  readonly mlops?: Stack;
}

/**
 * Reads all stacks that the app has synthesized: the two whose records fail over from one to the other, and, where
 * there is one, that with a model registry.
 * @throws UnsupportedError for anything else
 * @throws StartError where nothing is synthesized
 */
export function readStacks(outDir: string): Stacks {
  const { stacks } = readManifest(outDir);
  const found: { -readonly [Part in keyof Stacks]: Stacks[Part] } = {};
  for (const name of Object.keys(stacks)) {
    const stack = readStack(outDir, name);
    const part = partOf(stack);
    if (found[part] !== undefined) {
      throw new UnsupportedError(name, `it has the part of ${part}, as the stack ${found[part].name} has`);
    }
    found[part] = stack;
  }
  if (found.primary === undefined && found.secondary === undefined) {
    throw new UnsupportedError(outDir, 'it needs a stack with a PRIMARY or a SECONDARY failover record');
  }
  return found;
}

function readManifest(outDir: string): { readonly stacks: Readonly<Record<string, unknown>> } {
  try {
    return JSON.parse(readFileSync(join(outDir, 'manifest.json'), 'utf8')) as ReturnType<typeof readManifest>;
  } catch (error) {
    throw new StartError(
      `${outDir} has no manifest.json that can be read. Name the folder that cdktf synth writes, e.g. cdktf.out.`,
      { cause: error },
    );
  }
}

function partOf(stack: Stack): keyof Stacks {
  const policies = stack
    .of('aws_route53_record')
    .flatMap((record) => optionalBlock(record, 'failover_routing_policy') ?? [])
    .map((policy) => text(policy, 'type'));
  if (policies.includes('PRIMARY')) return 'primary';
  if (policies.includes('SECONDARY')) return 'secondary';
  if (stack.of('aws_sagemaker_model_package_group').length > 0) return 'mlops';
  throw new UnsupportedError(stack.name, 'it has neither a failover record nor a model registry');
}
