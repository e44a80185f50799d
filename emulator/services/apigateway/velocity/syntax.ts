import { parse } from 'velocityjs';

/** Velocity's syntax tree, as far as mapping templates use it (the shapes velocityjs's parser gives). */
export interface Reference {
  readonly type: 'references';
  readonly id: string;
  /** `$` or `$!`, the quiet form. */
  readonly leader: string;
  readonly path?: readonly Step[];
  /** Whether it is written `${...}`. */
  readonly isWraped?: boolean;
  /** Set for `$f()`, a call without a receiver, which mapping templates do not have. */
  readonly args?: unknown;
}

export type Step =
  | { readonly type: 'property'; readonly id: string }
  | { readonly type: 'method'; readonly id: string; readonly args?: readonly Expression[] | false }
  | { readonly type: 'index'; readonly id: Expression };

export type Expression =
  | Reference
  | { readonly type: 'string'; readonly value: string; readonly isEval?: boolean }
  | { readonly type: 'integer'; readonly value: string | number }
  | { readonly type: 'bool'; readonly value: string }
  | { readonly type: 'math'; readonly operator: string; readonly expression: readonly Expression[] }
  | { readonly type: 'array' | 'map' | 'decimal' | 'runt' };

export type Statement =
  | string
  | Reference
  | { readonly type: 'set'; readonly equal: readonly [Reference, Expression] }
  | { readonly type: 'raw'; readonly value: string }
  | { readonly type: 'if' | 'elseif'; readonly condition: Expression }
  | { readonly type: 'else' | 'comment' | 'break' | 'macro_call' }
  | { readonly type: 'foreach'; readonly to: string; readonly from: Expression }
  | Block;

/** `#if` and `#foreach` with everything up to their `#end`; `#elseif` and `#else` stand in between. */
export type Block = readonly Statement[];

/** Whether a string is the same to Velocity with double quotes as with single ones; a JSONPath is. */
export const isPlain = (text: string): boolean => !/#|\$(?![.[]|$)/.test(text);

/** `$a.b(...)` as written, for messages. */
export function sourceOf(reference: Reference): string {
  const steps = (reference.path ?? []).map((step) =>
    step.type === 'index' ? '[...]' : step.type === 'method' ? `.${step.id}(...)` : `.${step.id}`,
  );
  return `$${reference.id}${steps.join('')}`;
}

const LITERAL_HINT = "set a variable to it from a 'single-quoted' literal and write that";

/** Velocity 1.x fails to read a comment that ends with the template. */
const OPEN_COMMENT = /##[^\n]*$/;

/** An escaped $ or # depends, in Velocity, on whether the reference is defined. */
const ESCAPE = /\\[$#]/;

/**
 * The statements of a template.
 *
 * @throws SyntaxError where velocityjs cannot read it, or might read it otherwise than Apache Velocity
 */
export function parseTemplate(text: string): Block {
  if (ESCAPE.test(text)) throw new SyntaxError(`an escaped $ or # is not emulated: ${LITERAL_HINT}`);
  if (OPEN_COMMENT.test(text)) throw new SyntaxError('a ## comment has to end with its line');
  let statements: Block;
  try {
    statements = parse(text) as unknown as Block;
  } catch (error) {
    throw new SyntaxError(
      `not readable as Velocity: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  if (countBlocks(statements) !== countEnds(text))
    throw new SyntaxError('an #end is missing, or is one too many');
  checkTexts(statements);
  return statements;
}

/** velocityjs drops what follows an #end too many, and reads a block without #end to the last line. */
const countBlocks = (statements: Block): number =>
  statements.filter(isBlock).reduce((sum, block) => sum + 1 + countBlocks(block), 0);

const countEnds = (text: string): number =>
  text.replace(/##[^\n]*|#\*[^]*?\*#|#\[\[[^]*?\]\]#/g, '').match(/#(?:end\b|\{end\})/g)?.length ?? 0;

/** velocityjs takes a stray $, # or [ for text where Apache Velocity begins a reference, a directive or an index. */
function checkTexts(statements: Block): void {
  statements.forEach((statement, index) => {
    if (isBlock(statement)) checkTexts(statement);
    if (typeof statement !== 'string') return;
    const stray = /[$#]/.exec(statement)?.[0];
    if (stray !== undefined)
      throw new SyntaxError(
        `a stray ${stray} (only #set, #if, #elseif, #else, #end, #foreach): ${LITERAL_HINT}`,
      );
    const before = statements[index - 1];
    const follows =
      typeof before === 'object' && !isBlock(before) && before.type === 'references' && !before.isWraped;
    if (follows && /^\w*\[/.test(statement))
      throw new SyntaxError(`[ after ${sourceOf(before)} reads as an index: write the reference as \${...}`);
  });
}

/** Tells a block from a single statement. */
export const isBlock = (statement: Statement): statement is Block => Array.isArray(statement);
