import { isDeepStrictEqual } from 'node:util';
import type { ModelConfig } from '../../contract/model-config';

/** A field that differs; undefined where it is not there. */
interface Difference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What differs between two configurations, by the smallest field that does; what is new or gone as a whole. */
export function differences(before: ModelConfig, after: ModelConfig): readonly Difference[] {
  const between = (field: string, one: unknown, other: unknown): readonly Difference[] => {
    if (isDeepStrictEqual(one, other)) return [];
    if (!isFields(one) || !isFields(other)) return [{ field, before: one, after: other }];
    const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    const own = (fields: Fields, name: string) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
    return names.flatMap((name) =>
      between(field === '' ? name : `${field}.${name}`, own(one, name), own(other, name)),
    );
  };
  return between('', before, after);
}

/** @returns e.g. `  types.general.primary.modelId`, `    - us.amazon…`, `    + us.anthropic…` */
export const differenceLines = (found: readonly Difference[]): readonly string[] =>
  found.flatMap(({ field, before, after }) => [
    `  ${field}`,
    ...valueLines('-', before),
    ...valueLines('+', after),
  ]);

function valueLines(sign: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.split('\n').map((line, index) => `    ${index === 0 ? sign : ' '} ${line}`);
}
