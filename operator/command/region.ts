import { Option } from 'commander';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { REGIONS } from '../../contract/regions';
import { CommandError } from './errors';
import { placeTitle } from './words';

/** The stacks that have a region of their own. */
type StackRole = 'primary' | 'secondary' | 'mlops';

/** The AWS regions of the roles that a command works on. */
type RegionNames = Readonly<Partial<Record<StackRole, string>>>;

export const regionOption = (byDefault?: string): Option => {
  const option = new Option(
    '--region <where>',
    'primary, secondary, both, or AWS regions such as us-east-1, separated by commas',
  );
  return byDefault === undefined ? option : option.default(byDefault);
};

/** A region, and what it is to the assistant. */
export interface Place {
  readonly role: StackRole;
  readonly region: string;
}

/**
 * @param where as the operator named it: roles, `both`, AWS regions, separated by commas
 * @throws CommandError for a region that has none of the roles
 */
export function rolesIn<Role extends StackRole>(
  where: string,
  names: Readonly<Record<Role, string>>,
): readonly Role[] {
  const roles = Object.keys(names) as Role[];
  const chosen = words(where).map((word) => {
    if (word === 'both' && hasBoth(names)) return roles.filter((role) => role !== 'mlops');
    const role = roles.find((candidate) => candidate === word || names[candidate] === word);
    if (role === undefined) throw noSuchRegion(where, word, names);
    return [role];
  });
  const wanted = new Set<Role>(chosen.flat());
  return roles.filter((role) => wanted.has(role));
}

/** As `rolesIn`, of the regions that serve callers. */
export const servingRoles = (
  where: string,
  { regions: { primary, secondary } }: Pick<AssistantConfig, 'regions'>,
): readonly ('primary' | 'secondary')[] => rolesIn<'primary' | 'secondary'>(where, { primary, secondary });

/**
 * As `rolesIn`, where any AWS region will do.
 * @returns names of AWS regions
 */
export function awsRegionsIn(where: string, names: RegionNames): readonly string[] {
  const chosen = words(where).map((word) => {
    if (word === 'both') return [names.primary, names.secondary];
    const name = Object.hasOwn(names, word) ? names[word as StackRole] : word;
    if (name === undefined || !isAwsRegion(name)) throw noSuchRegion(where, word, names);
    return [name];
  });
  return [...new Set(chosen.flat().filter((name) => name !== undefined))];
}

/** GovCloud and China are partitions of their own, whose regions are not listed here. */
const isAwsRegion = (name: string): boolean => REGIONS.includes(name) || /^(us-gov|cn)-[a-z]+-\d$/.test(name);

/** What is of the stack mlops alone has one region. */
const hasBoth = (names: RegionNames): boolean => Object.keys(names).some((role) => role !== 'mlops');

const words = (where: string): readonly string[] => where.split(',').map((word) => word.trim());

function noSuchRegion(where: string, word: string, names: RegionNames): CommandError {
  const known = Object.entries(names).map(([role, region]) => placeTitle({ role, region }));
  const both = hasBoth(names) ? ' or both' : '';
  return new CommandError(`--region ${where}: "${word}" is no region. Name ${known.join(', ')}${both}.`);
}
