import { UnsupportedError } from './resource';
import type { SynthesizedStack } from './synthesized';
import { ArgumentError } from './values';

/** The one region that a stack deploys to. */
export interface AwsProvider {
  /** How resources name it, e.g. `aws.primary`. */
  readonly reference: string;
  readonly region: string;
}

const KNOWN = new Set(['alias', 'default_tags', 'region']);

/**
 * The stack's only AWS provider, which must have an alias: a resource that names no provider would land in
 * whatever region the environment says.
 */
export function awsProvider(stackName: string, { provider }: SynthesizedStack): AwsProvider {
  const [only, ...others] = provider.aws ?? [];
  const address = `${stackName}.provider.aws`;
  if (only === undefined || others.length > 0) {
    throw new UnsupportedError(address, `${(provider.aws ?? []).length} providers: a stack has exactly one`);
  }
  const other = Object.keys(provider).find((name) => name !== 'aws');
  if (other !== undefined) {
    throw new UnsupportedError(`${stackName}.provider.${other}`, 'not emulated');
  }
  const unknown = Object.keys(only).find((argument) => !KNOWN.has(argument));
  if (unknown !== undefined) throw new UnsupportedError(`${address}.${unknown}`, 'not emulated');
  const { alias, region } = only;
  if (typeof alias !== 'string') throw new ArgumentError(`${address}.alias`, 'a string', alias);
  if (typeof region !== 'string' || region.includes('${')) {
    throw new ArgumentError(`${address}.region`, "a region's name", region);
  }
  return { reference: `aws.${alias}`, region };
}
