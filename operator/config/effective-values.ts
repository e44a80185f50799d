import * as z from 'zod';
import { assistantConfigSchema } from '../../constructs/config/assistant-config';
import { ENVIRONMENT_VARIABLE, valueAt } from '../../constructs/config/environment';
import { configOf, type Layers } from '../../constructs/config/read-config';

interface EffectiveValue {
  /** Dotted, e.g. `healthCheck.intervalSeconds`. */
  readonly key: string;
  /** Absent where an optional key is left out. */
  readonly value?: unknown;
  readonly from: string;
}

const DEFAULT = 'default of the schema: left out';

/**
 * Every value that is in force and where it comes from, the optional keys that are left out included.
 * @throws ConfigError where the configuration is not valid
 */
export function effectiveValues(layers: Layers): readonly EffectiveValue[] {
  const config = configOf(layers);
  return leaves(config, assistantConfigSchema, []).map(({ path, value }) => ({
    key: path.join('.'),
    ...(value !== undefined && { value: withoutHashes(value) }),
    from: originOf(path, value, layers),
  }));
}

function originOf(path: readonly string[], value: unknown, { from, base, environment }: Layers): string {
  if (environment) {
    const [key] = path;
    if (key === 'environment') return ENVIRONMENT_VARIABLE;
    const isOwn = valueAt(environment.value, path) !== undefined;
    if (key === 'project') return `${isOwn ? environment.file : from}, and ${ENVIRONMENT_VARIABLE}`;
    if (isOwn || (value === undefined && valueAt(base, path) !== undefined)) return environment.file;
  }
  return value === undefined ? DEFAULT : from;
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** What the schema has keys for is descended into; a list, or an object of free keys, is a value. */
function leaves(value: unknown, schema: unknown, path: readonly string[]): readonly Leaf[] {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (value === undefined || !(inner instanceof z.ZodObject)) return [{ path, value }];
  const { shape } = inner;
  return Object.entries(shape).flatMap(([key, part]) => leaves(valueAt(value, [key]), part, [...path, key]));
}

/** As `keys list` shows them. */
const SHOWN = 12;
const withoutHashes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, part: unknown) =>
    key === 'sha256' && typeof part === 'string' ? `${part.slice(0, SHOWN)}…` : part,
  );
