/** A value that an expression cannot be given, told without its place: the evaluator adds that. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** Terraform's numbers are decimals of any length; one that JavaScript would write otherwise is refused. */
export function renderNumber(value: number): string {
  const rendered = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(rendered)) {
    throw new EvaluationError(`the number ${rendered}, too large or too small to be written exactly`);
  }
  return rendered;
}

/** A primitive value as text, as `tostring` and an interpolation convert it. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return renderNumber(value);
  if (typeof value === 'boolean') return String(value);
  throw new EvaluationError(`${kindOf(value)} where a string is needed`);
}

export function toList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new EvaluationError(`${kindOf(value)} where a list is needed`);
  return value;
}

export function toFlag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new EvaluationError(`${kindOf(value)} where true or false is needed`);
  return value;
}

/** Terraform gives the items of a list, like the arms of a condition, one type: mixed primitives become text. */
export function unify(values: readonly unknown[]): readonly unknown[] {
  const types = new Set(values.filter((value) => value !== null).map(kindOf));
  if (types.size <= 1) return values;
  return values.map((value) => (value === null ? null : toText(value)));
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
