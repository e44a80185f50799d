import { UnsupportedError, type Resource } from '../stack/resource';
import { tableArn } from '../stack/resource-types/storage';
import { readStack, type Stack } from '../stack/stack';
import { readManifest } from '../stack/synthesized';
import { StartError } from './start-error';
import { blocks, optionalBlock, text } from '../stack/values';

export type Role = 'primary' | 'secondary';

/** The stacks that a run consists of, by what is in them: one region at the least. */
export interface Stacks extends Readonly<Partial<Record<Role, Stack>>> {
  /** What fine-tuning needs; there may be none. */
  readonly mlops?: Stack;
  /** Tables that the regions share; there may be none. */
  readonly globalTables?: Stack;
}

/**
 * Reads all stacks that the app has synthesized: the two whose records fail over from one to the other, and, where
 * there are such, that with a model registry and that with global tables.
 * @throws UnsupportedError for anything else
 * @throws StartError where nothing is synthesized
 */
export function readStacks(outDir: string): Stacks {
  const found: { -readonly [Part in keyof Stacks]: Stacks[Part] } = {};
  for (const name of stackNames(outDir)) {
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

function stackNames(outDir: string): readonly string[] {
  try {
    return Object.keys(readManifest(outDir).stacks);
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
  if (stack.of('aws_dynamodb_table').some(isGlobal)) return 'globalTables';
  throw new UnsupportedError(
    stack.name,
    'it has neither a failover record, a model registry nor a global table',
  );
}

const isGlobal = (table: Resource): boolean => blocks(table, 'replica').length > 0;

/** The replicas of global tables in a region, by whose stack they are not known. */
export function replicasIn(region: string, stack: Stack | undefined): readonly Resource[] {
  const hasReplica = (table: Resource) =>
    region === stack?.region ||
    blocks(table, 'replica').some((replica) => text(replica, 'region_name') === region);
  return (stack?.of('aws_dynamodb_table') ?? [])
    .filter(hasReplica)
    .map((table) => ({ ...table, values: { ...table.values, arn: tableArn(region, text(table, 'name')) } }));
}
