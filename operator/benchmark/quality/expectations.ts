import { createContext, Script } from 'node:vm';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Expect } from '../questions/read-questions';

/** One expectation against one answer; `undecided` where a pattern did not come to an end. */
export interface ExpectationResult {
  /** E.g. `mustContain: refund`. */
  readonly expectation: string;
  readonly met: boolean | 'undecided';
}

type Check = (answer: string) => boolean;

/** Holds an answer against everything that is expected of it. */
export const checkExpectations = (expect: Expect, answer: string): readonly ExpectationResult[] =>
  checksOf(expect).map(([expectation, check]) => ({ expectation, met: decide(check, answer) }));

function checksOf(expect: Expect): readonly (readonly [string, Check])[] {
  const { mustContain = [], mustNotContain = [], pattern, jsonSchema, minLength, maxLength } = expect;
  return [
    ...mustContain.map(
      (phrase) => [`mustContain: ${phrase}`, (answer: string) => contains(answer, phrase)] as const,
    ),
    ...mustNotContain.map(
      (phrase) => [`mustNotContain: ${phrase}`, (answer: string) => !contains(answer, phrase)] as const,
    ),
    ...when(pattern, (source) => [`pattern: ${source}`, (answer) => matches(source, answer)]),
    ...when(jsonSchema, (schema) => ['jsonSchema', (answer) => fulfilsSchema(schema, answer)]),
    ...when(minLength, (least) => [`minLength: ${least}`, (answer) => lengthOf(answer) >= least]),
    ...when(maxLength, (most) => [`maxLength: ${most}`, (answer) => lengthOf(answer) <= most]),
  ];
}

const when = <T>(value: T | undefined, make: (value: T) => readonly [string, Check]) =>
  value === undefined ? [] : [make(value)];

function decide(check: Check, answer: string): boolean | 'undecided' {
  try {
    return check(answer);
  } catch (error) {
    if (error instanceof PatternTimeout) return 'undecided';
    throw error;
  }
}

const contains = (answer: string, phrase: string): boolean => plain(answer).includes(plain(phrase));

/** A model that writes a curly apostrophe or a line break has still said the words. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201C\u201D]/g, '"')
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();

const lengthOf = (answer: string): number => Array.from(answer.trim()).length;

/** Patterns within schemas are bounded in time, as those of questions are. */
const timedRegExp = Object.assign(
  (source: string, flags: string) => {
    new RegExp(source, flags);
    return { test: (text: string) => matches(source, text, flags) };
  },
  { code: 'timedRegExp' },
);

const ajv = new Ajv({ strict: true, allErrors: false, code: { regExp: timedRegExp } });
const compiled = new WeakMap<object, ValidateFunction>();

function compile(schema: object): ValidateFunction {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  return validate;
}

/** @returns what is wrong with a schema; undefined for a good one */
export function checkJsonSchema(schema: object): string | undefined {
  try {
    compile(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const ONLY_FENCE = /^[^`]*```[a-z]*\n([^`]*)```[^`]*$/i;

/**
 * Whether an answer is JSON of that schema, either as it stands or within its only fenced code block, as models
 * like to write it.
 * @throws PatternTimeout for a pattern in the schema that does not come to an end
 */
export function fulfilsSchema(schema: object, answer: string): boolean {
  for (const candidate of [answer, ONLY_FENCE.exec(answer)?.[1]]) {
    if (candidate === undefined) continue;
    try {
      return compile(schema)(JSON.parse(candidate));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return false;
}

/** Flags of every pattern in a questions file. */
export const PATTERN_FLAGS = 'iu';

/** A sensible pattern matches an answer in microseconds; one that backtracks without end takes forever. */
const TIME_LIMIT_MS = 250;

/** A pattern that was still matching when its time was over. */
export class PatternTimeout extends Error {
  override readonly name = 'PatternTimeout';
  constructor() {
    super(`The pattern was still matching after ${TIME_LIMIT_MS} ms. Write it without nested repetition.`);
  }
}

// A context of its own, because only a script has a time limit; V8 interrupts a match that backtracks, too.
const sandbox = createContext(Object.create(null) as object);
const script = new Script('new RegExp(source, flags).test(text)');

/** @throws PatternTimeout; SyntaxError for what is no pattern */
export function matches(source: string, text: string, flags = PATTERN_FLAGS): boolean {
  Object.assign(sandbox, { source, flags, text });
  try {
    return script.runInContext(sandbox, { timeout: TIME_LIMIT_MS }) as boolean;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new PatternTimeout();
    throw error;
  }
}
