import { awsProvider } from './provider';
import { Resolver } from './resolver';
import type { Resource } from './resource';
import { RESOURCE_TYPES } from './resource-types';
import { readSynthesized, stackDirectory } from './synthesized';

/** One region's system as synthesized, every expression resolved. */
export interface Stack {
  readonly name: string;
  readonly region: string;
  /** What the paths of assets (`filename`) are relative to. */
  readonly directory: string;
  readonly resources: readonly Resource[];
  readonly dataSources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Types that the local run does nothing with (`data.<type>` for data sources), with their addresses. */
  readonly notEmulated: ReadonlyMap<string, readonly string[]>;
  /** All resources of a type, e.g. `aws_lambda_function`. */
  of(type: string): readonly Resource[];
  /** The only resource of a type. @throws Error where there is none or more than one */
  one(type: string): Resource;
}

/**
 * Reads `<outDir>/stacks/<stackName>/cdk.tf.json`.
 * @param outDir the directory that CDKTF synthesizes into, `cdktf.out`
 * @throws UnsupportedError for anything in it that the local run neither emulates nor may ignore
 */
export function readStack(outDir: string, stackName: string): Stack {
  const synthesized = readSynthesized(outDir, stackName);
  const provider = awsProvider(stackName, synthesized);
  const resolver = new Resolver(stackName, provider, synthesized);
  const resources = resolver.resources('managed');
  const dataSources = resolver.resources('data');
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    name: stackName,
    region: provider.region,
    directory: stackDirectory(outDir, stackName),
    resources,
    dataSources,
    outputs: outputs(synthesized.output ?? {}, resolver),
    notEmulated: notEmulated(resources, dataSources),
    of,
    one: (type) => only(stackName, type, of(type)),
  };
}

const outputs = (declared: Readonly<Record<string, { value: unknown }>>, resolver: Resolver) =>
  Object.fromEntries(
    Object.entries(declared).map(([name, { value }]) => [name, resolver.evaluate(value, `output.${name}`)]),
  );

function notEmulated(resources: readonly Resource[], dataSources: readonly Resource[]): Stack['notEmulated'] {
  const typed = [
    ...resources.map(({ type, address }) => ({ type, address })),
    ...dataSources.map(({ type, address }) => ({ type: `data.${type}`, address })),
  ].filter(({ type }) => RESOURCE_TYPES[type]?.readOnly ?? RESOURCE_TYPES[type] === undefined);
  return new Map(
    [...new Set(typed.map(({ type }) => type))].map((type) => [
      type,
      typed.filter((other) => other.type === type).map(({ address }) => address),
    ]),
  );
}

function only(stackName: string, type: string, found: readonly Resource[]): Resource {
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const addresses = found.map(({ address }) => address).join(', ');
  throw new Error(
    `The stack "${stackName}" must have exactly one ${type}, not ${found.length}: ${addresses || 'none'}.`,
  );
}
