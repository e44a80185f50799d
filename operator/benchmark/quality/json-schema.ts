import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019';
import { Ajv2020 } from 'ajv/dist/2020';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { matches } from './timed-match';

/** Patterns within schemas are bounded in time, as those of questions are. */
const timedRegExp = Object.assign(
  (source: string, flags: string) => {
    const regExp = new RegExp(source, flags);
    return {
      test: (text: string) => matches(source, text, flags),
      // By it Ajv tells the patterns of all its schemas apart.
      toString: () => regExp.toString(),
    };
  },
  { code: 'timedRegExp' },
);

const OPTIONS = {
  // What a draft does not know, it ignores: https://json-schema.org/draft/2020-12/json-schema-core#section-4.3.1
  strict: false,
  logger: false,
  // Two questions may have schemas of the same `$id`.
  addUsedSchema: false,
  code: { regExp: timedRegExp },
} as const;

type Compiler = Pick<Ajv, 'compile'>;

const validatorOf = (Validator: typeof Ajv | typeof Ajv2019 | typeof Ajv2020 | typeof AjvDraft04) => {
  let made: Compiler | undefined;
  return (): Compiler => (made ??= addFormats(new Validator(OPTIONS)));
};

const [draft07, draft2020] = [validatorOf(Ajv), validatorOf(Ajv2020)];

/** By `$schema`. What draft-06 says is all in draft-07. */
const DRAFTS: readonly (readonly [name: RegExp, validator: () => Compiler])[] = [
  [/\bdraft-04\b/, validatorOf(AjvDraft04)],
  [/\bdraft-0[67]\b/, draft07],
  [/\b2019-09\b/, validatorOf(Ajv2019)],
  [/\b2020-12\b/, draft2020],
];

const compiled = new WeakMap<object, ValidateFunction>();

function compile(schema: object): ValidateFunction {
  const validate = compiled.get(schema) ?? compileByDraft(schema);
  compiled.set(schema, validate);
  return validate;
}

/** @throws Error for a schema that its draft does not allow */
function compileByDraft(schema: object): ValidateFunction {
  const { $schema, ...rest } = schema as { readonly $schema?: unknown };
  if ($schema !== undefined) {
    const draft = typeof $schema === 'string' ? DRAFTS.find(([name]) => name.test($schema)) : undefined;
    if (!draft) throw new Error('$schema names none of draft-04, draft-06, draft-07, 2019-09 and 2020-12');
    return draft[1]().compile(rest);
  }
  try {
    return draft2020().compile(rest);
  } catch (error) {
    // `items` as a list is of earlier drafts, which many leave unnamed.
    try {
      return draft07().compile(rest);
    } catch {
      throw error;
    }
  }
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

/**
 * Whether an answer is JSON of that schema: as it stands, or in a fenced code block.
 * @throws PatternTimeout for a pattern in the schema that does not come to an end
 */
export function fulfilsSchema(schema: object, answer: string): boolean {
  const found = jsonIn(answer);
  return found !== undefined && compile(schema)(found.value);
}

/**
 * A line of three or more backticks or tildes, with any words behind it, to the next such line or the end; in a list or
 * a quotation, too.
 */
const FENCED =
  /^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})([^\n`]*)\n([^]*?)(?:^[ \t>]*\1[`~]*[ \t]*$|(?![^]))/gm;
/** A quotation's marks; no line of JSON begins with one. */
const QUOTED = /^[ \t]*>[ \t>]*/gm;
/** The same within a line of prose. */
const FENCED_INLINE = /(`{3,})(json)?[ \t]*([^`\n]+?)[ \t]*\1/gi;
/** The whole answer within backticks of one line. */
const INLINE = /^(`+)(?:json)?([^`][^]*[^`]|[^`])\1$/i;

interface Json {
  readonly value: unknown;
}

/** The only JSON of an answer; of several code blocks those that are said to be JSON count, else all. */
function jsonIn(answer: string): Json | undefined {
  const text = answer.replace(/\r\n?/g, '\n').trim();
  const ofLines = [...text.matchAll(FENCED)];
  const blocks = (ofLines.length > 0 ? ofLines : [...text.matchAll(FENCED_INLINE)]).map(
    ([, , language, content = '']) => ({ language: language ?? '', content: content.replaceAll(QUOTED, '') }),
  );
  const named = blocks.filter(({ language }) => /json/i.test(language));
  const inBlocks = (named.length > 0 ? named : blocks).flatMap(({ content }) => parse(content) ?? []);
  return parse(text) ?? parse(INLINE.exec(text)?.[2]) ?? (inBlocks.length === 1 ? inBlocks[0] : undefined);
}

function parse(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
