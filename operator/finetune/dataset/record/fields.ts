import type { Problem, ProblemKind } from '../problem';

/** Half of a surrogate pair, or NUL: JSON can escape them, and no text has them. */
const NO_TEXT = /\p{Surrogate}|\0/u;

/** What was found in one record, while it is read. */
export class Findings {
  readonly problems: Problem[] = [];
  readonly texts: string[] = [];
  private readonly content: string[] = [];

  constructor(private readonly line: number) {}

  add(kind: ProblemKind, path: string, detail: string): void {
    this.problems.push({ kind, line: this.line, path, detail });
  }

  /** @param part whose text it is: it tells records apart that have the same texts in other places */
  addText(part: string, text: string, path: string): void {
    this.content.push(part, text);
    this.texts.push(text);
    if (!NO_TEXT.test(text)) return;
    if (text.includes('\0')) this.add('nul-character', path, 'has a NUL character');
    if (/\p{Surrogate}/u.test(text)) this.add('lone-surrogate', path, 'has half of a surrogate pair');
  }

  /** What is trained beside texts, e.g. a tool's input: it tells records apart. */
  addContent(part: string, value: unknown): void {
    this.content.push(part, JSON.stringify(value));
  }

  /** Of all texts, in UTF-8. */
  get textBytes(): number {
    return this.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  }

  /** The same for records that train the same, whatever their white space and order of fields. */
  get trainedContent(): string {
    return this.content.join('\0');
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** AWS's validator takes null for left out. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** A field's name may be shown where it looks like one: a customer's text may have become a key. */
const NAME = /^[A-Za-z_][\w-]{0,39}$/;

export const shownName = (field: string): string => (NAME.test(field) ? field : '(a name that is not shown)');

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
  if (value === undefined) {
    findings.add('missing-field', path, 'is missing');
    return undefined;
  }
  if (!isObject(value)) {
    findings.add('wrong-type', path, `is ${typeName(value)} instead of an object`);
    return undefined;
  }
  for (const field of Object.keys(value)) {
    if (!known.includes(field))
      findings.add('unknown-field', under(path, shownName(field)), 'is no field of the format');
  }
  return value;
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

/** @returns the string, where there is one, empty or not */
export function readString(value: unknown, path: string, findings: Findings): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined) findings.add('missing-field', path, 'is missing');
  else findings.add('wrong-type', path, `is ${typeName(value)} instead of a string`);
  return undefined;
}

/** @returns the text, where there is one with more than white space */
export function readText(value: unknown, path: string, findings: Findings): string | undefined {
  const text = readString(value, path, findings);
  if (text?.trim() !== '') return text;
  findings.add('empty-text', path, 'has nothing but white space');
  return undefined;
}
