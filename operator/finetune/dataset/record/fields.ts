import type { Problem, ProblemKind } from '../problem';

/** What was found in one record, while it is read. */
export class Findings {
  readonly problems: Problem[] = [];
  private readonly content: string[] = [];
  private length = 0;

  constructor(private readonly line: number) {}

  add(kind: ProblemKind, path: string, detail: string): void {
    this.problems.push({ kind, line: this.line, path, detail });
  }

  /** @param part whose text it is: it tells records apart that have the same texts in other places */
  addText(part: string, text: string): void {
    this.content.push(part, text);
    this.length += text.length;
  }

  /** UTF-16 code units of all texts. */
  get characters(): number {
    return this.length;
  }

  /** The same for records that train the same, whatever their white space and order of fields. */
  get trainedContent(): string {
    return this.content.join('\0');
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** A field's name may be shown where it looks like one: a customer's text may have become a key. */
const NAME = /^[A-Za-z_][\w-]{0,39}$/;

export const under = (path: string, field: string): string => (path === '$' ? field : `${path}.${field}`);

/** What JSON calls the value's type. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

/** @returns the object, where it is one; what it has beside `known` is reported */
export function readObject(
  value: unknown,
  path: string,
  known: readonly string[],
  findings: Findings,
): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    findings.add('wrong-type', path, `is ${typeName(value)} instead of an object`);
    return undefined;
  }
  for (const field of Object.keys(value)) {
    if (known.includes(field)) continue;
    const shown = NAME.test(field) ? field : '(a name that is not shown)';
    findings.add('unknown-field', under(path, shown), 'is no field of the format');
  }
  return value as JsonObject;
}

/** @returns the entries, where there are any */
export function readList(value: unknown, path: string, findings: Findings): readonly unknown[] {
  if (value === undefined) findings.add('missing-field', path, 'is missing');
  else if (!Array.isArray(value))
    findings.add('wrong-type', path, `is ${typeName(value)} instead of an array`);
  else if (value.length === 0) findings.add('empty-list', path, 'is empty');
  else return value as readonly unknown[];
  return [];
}

/** @returns the text, where there is one */
export function readText(value: unknown, path: string, findings: Findings): string | undefined {
  if (value === undefined) findings.add('missing-field', path, 'is missing');
  else if (typeof value !== 'string')
    findings.add('wrong-type', path, `is ${typeName(value)} instead of a string`);
  else if (value.trim() === '') findings.add('empty-text', path, 'has nothing but white space');
  else return value;
  return undefined;
}
