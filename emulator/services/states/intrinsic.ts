import { UnsupportedError } from '../../stack/resource';
import { INTRINSIC_FUNCTIONS } from './intrinsic-functions';
import type { Expression } from './scope';
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
 * @throws UnsupportedError for what cannot be parsed and for functions that are not acted out
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
    if (!fn) throw refuse(`the local run does not act out ${name}`);
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
