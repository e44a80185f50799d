import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { UnsupportedError } from '../../stack/resource';
import type { Expression } from './input-output';
import { StatesError } from './states-error';

/** Depth to which calls may be nested; https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html */
const MAX_DEPTH = 10;

/** One token: a quoted text, a path, a name, a number, or a mark. */
const TOKEN =
  /\s*(?:'(?<quoted>(?:[^'\\]|\\.)*)'|(?<path>\$(?:\['(?:[^'\\]|\\.)*'\]|[^\s,()'])*)|(?<word>[\w.+-]+)|(?<mark>[(),]))/uy;

interface Token {
  readonly quoted?: string;
  readonly path?: string;
  readonly word?: string;
  readonly mark?: string;
}

/**
 * Compiles a call such as `States.Format('{} of {}', $.done, States.ArrayLength($.all))`.
 *
 * @param compilePath for the paths among the arguments
 * @throws UnsupportedError for what cannot be parsed and for functions that are not emulated
 */
export function compileIntrinsic(
  text: string,
  address: string,
  compilePath: (path: string) => Expression,
): Expression {
  const tokens = tokenize(text, address);
  let position = 0;
  const refuse = (what: string) => new UnsupportedError(address, `${what} in ${text}`);

  function argument(depth: number): Expression {
    const token = tokens[position++];
    if (token?.path !== undefined) return compilePath(token.path);
    if (token?.quoted !== undefined) return constant(unescape(token.quoted));
    if (token?.word === undefined) throw refuse('an argument is missing');
    return token.word.startsWith('States.') ? call(token.word, depth) : constant(literal(token.word));
  }

  function literal(word: string): unknown {
    try {
      return JSON.parse(word) as unknown;
    } catch {
      throw refuse(`${word} is neither a function nor a value`);
    }
  }

  function call(name: string, depth: number): Expression {
    const fn = INTRINSIC_FUNCTIONS[name];
    if (!fn) throw refuse(`the local run does not emulate ${name}`);
    if (depth > MAX_DEPTH) throw refuse(`calls are nested deeper than ${MAX_DEPTH}`);
    if (tokens[position++]?.mark !== '(') throw refuse(`( is missing after ${name}`);
    // Escapes mean something to the template itself: it is taken as it is written.
    const template = name === 'States.Format' ? tokens[position]?.quoted : undefined;
    const args: Expression[] = [];
    while (tokens[position]?.mark !== ')') {
      if (args.length > 0 && tokens[position++]?.mark !== ',') throw refuse('a comma or ) is missing');
      args.push(argument(depth + 1));
    }
    position += 1;
    if (template !== undefined) args[0] = constant(template);
    if (name === 'States.Format' && template === undefined) throw refuse('the template is not a literal');
    return (scope) =>
      applyFunction(
        name,
        fn,
        args.map((evaluate) => evaluate(scope)),
      );
  }

  const name = tokens[position++]?.word ?? '';
  const compiled = call(name, 1);
  if (position < tokens.length) throw refuse('something follows the call');
  return compiled;
}

function applyFunction(name: string, fn: (...args: never[]) => unknown, args: unknown[]): unknown {
  try {
    return fn(...(args as never[]));
  } catch (error) {
    throw new StatesError('States.IntrinsicFailure', `${name} failed: ${(error as Error).message}`);
  }
}

function tokenize(text: string, address: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.trimEnd().length) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(text);
    if (!match?.groups)
      throw new UnsupportedError(address, `cannot read '${text.slice(position)}' in ${text}`);
    tokens.push(match.groups);
    position = TOKEN.lastIndex;
  }
  return tokens;
}

function constant(value: unknown): Expression {
  return () => value;
}

function unescape(quoted: string): string {
  return quoted.replace(/\\(.)/gu, '$1');
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const object = z.record(z.string(), z.unknown());

/**
 * The intrinsic functions that are emulated, with JSON values in and out; what they throw is the cause of
 * a `States.IntrinsicFailure`. The others stop the start:
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
const INTRINSIC_FUNCTIONS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  'States.Array': (...items: unknown[]) => items,
  'States.ArrayGetItem': define([z.array(z.unknown()), z.int().min(0)], (items, index) => {
    if (index >= items.length) throw new Error(`no item ${index} in an array of ${items.length}`);
    return items[index];
  }),
  'States.ArrayLength': define([z.array(z.unknown())], (items) => items.length),
  'States.Format': format,
  'States.JsonMerge': define([object, object, z.literal(false)], (one, two) => ({ ...one, ...two })),
  'States.JsonToString': define([z.unknown()], (value) => JSON.stringify(value)),
  'States.MathAdd': define([z.int(), z.int()], (one, two) => one + two),
  'States.StringToJson': define([z.string()], stringToJson),
  'States.UUID': define([], () => randomUUID()),
};

/** Checks number and types of the arguments before the function sees them. */
function define<const Schemas extends z.ZodType[]>(
  schemas: Schemas,
  run: (...args: { [Index in keyof Schemas]: z.output<Schemas[Index]> }) => unknown,
): (...args: unknown[]) => unknown {
  return (...args) => {
    if (args.length !== schemas.length) {
      throw new Error(`${schemas.length} arguments expected, ${args.length} given`);
    }
    schemas.forEach((schema, index) => {
      const { error } = schema.safeParse(args[index]);
      if (error) throw new Error(`argument ${index + 1}: ${error.issues[0]?.message ?? 'unfit'}`);
    });
    return run(...(args as Parameters<typeof run>));
  };
}

/** @param template as written, with `\` before each `'`, `{`, `}` and `\` that stands for itself */
function format(template: string, ...values: unknown[]): string {
  let used = 0;
  const text = template.replace(/\\(.)|\{\}/gsu, (_match, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = scalar.safeParse(values[used++]);
    if (!value.success) throw new Error(`argument ${used + 1} is missing, an array or an object`);
    return String(value.data);
  });
  if (used !== values.length) throw new Error(`${used} of ${values.length} arguments have a {}`);
  return text;
}

/** The parser's own message quotes the text, which may be a customer's. */
function stringToJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('argument 1 is not JSON');
  }
}
