import { Ajv, type ValidateFunction } from 'ajv';
import { matches } from './pattern';

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
