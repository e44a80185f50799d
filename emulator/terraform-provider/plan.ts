import { isDeepStrictEqual } from 'node:util';
import { isKnown, isObject, UNKNOWN, Unknown, type Values } from './protocol/values';
import type { Block } from './schema/schema';
import type { ResourceSchema } from './schema/provider-schema';

export interface ProviderConfig {
  readonly region: string;
  readonly defaultTags: Readonly<Record<string, unknown>>;
}

/** Arguments that hold a JSON document, of which another form with the same meaning is no change. */
const DOCUMENTS = new Set(['assume_role_policy', 'content', 'definition', 'policy', 'schema']);

/**
 * What a resource will look like, of what its configuration says.
 * @param prior what it looks like, null where there is none
 * @param proposed the configuration, its computed attributes as they were
 * @param recomputed attributes that AWS makes up anew at each change
 */
export function planResource(
  { block, defaults = {} }: ResourceSchema,
  { region, defaultTags }: ProviderConfig,
  prior: Values | null,
  proposed: Values,
  recomputed: (prior: Values, planned: Values) => readonly string[],
): Values {
  const planned: Record<string, unknown> = { ...planBlock(block, prior, proposed) };
  for (const [name, value] of Object.entries(proposed)) {
    if (value === null && name in defaults) planned[name] = defaults[name];
    if (DOCUMENTS.has(name) && prior !== null && sameDocument(prior[name], value))
      planned[name] = prior[name];
  }
  if ('region' in block.attributes) planned.region = proposed.region ?? region;
  if ('tags_all' in block.attributes) planned.tags_all = allTags(defaultTags, proposed.tags);
  if (typeof proposed.name === 'string' && 'fqdn' in block.attributes)
    planned.name = recordName(proposed.name);
  if (prior !== null && !isDeepStrictEqual(prior, planned)) {
    for (const name of recomputed(prior, planned)) planned[name] = UNKNOWN;
  }
  return planned;
}

function planBlock(block: Block, prior: Values | null, proposed: Values): Values {
  const attributes = Object.entries(block.attributes).map(([name, { computed }]) => {
    const value = proposed[name] ?? null;
    return [name, value === null && computed && prior === null ? UNKNOWN : value];
  });
  const blocks = Object.entries(block.blocks).map(([name, nested]) => {
    const value = proposed[name];
    if (isObject(value)) return [name, planBlock(nested.block, objectOrNull(prior?.[name]), value)];
    if (!Array.isArray(value)) return [name, value ?? null];
    const before: unknown = prior?.[name];
    // Blocks that are as many as before keep what AWS made up for them.
    const kept: readonly unknown[] = Array.isArray(before) && before.length === value.length ? before : [];
    return [
      name,
      value.map((item: unknown, index) =>
        isObject(item) ? planBlock(nested.block, objectOrNull(kept[index]), item) : item,
      ),
    ];
  });
  return Object.fromEntries([...attributes, ...blocks]) as Values;
}

const objectOrNull = (value: unknown): Values | null => (isObject(value) ? value : null);

const allTags = (defaults: ProviderConfig['defaultTags'], tags: unknown) =>
  tags instanceof Unknown ? tags : { ...defaults, ...(isObject(tags) ? tags : {}) };

/** Route 53 knows no case and no dot at the end. */
const recordName = (name: string) => name.toLowerCase().replace(/\.$/, '');

function sameDocument(one: unknown, other: unknown): boolean {
  if (typeof one !== 'string' || typeof other !== 'string' || !isKnown(other)) return false;
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    return false;
  }
}

/** Terraform itself sees which of the paths have changed. */
export const replacingPaths = ({ forceNew, block }: ResourceSchema): readonly string[] =>
  ['region', ...forceNew].filter((path) => path in block.attributes || path in block.blocks);
