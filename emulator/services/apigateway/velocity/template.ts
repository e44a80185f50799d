import { UnsupportedError } from '../../../stack/resource';
import { compileCondition, compileExpression, compilePrinted } from './expression';
import type { Environment } from './host';
import {
  type Block,
  type Expression,
  isBlock,
  parseTemplate,
  type Reference,
  sourceOf,
  type Statement,
  type Step,
} from './syntax';
import {
  type Evaluate,
  kindOf,
  type Render,
  type Scope,
  type Site,
  TemplateError,
  type Value,
} from './values';

/** A quota of API Gateway: the size of a mapping template, in bytes. */
const MAX_TEMPLATE_BYTES = 300 * 1024;

/**
 * A compiled mapping template.
 *
 * @throws TemplateError (at rendering) where Velocity fails, or would print what is no JSON
 */
export type Template = (environment: Environment) => string;

/**
 * Compiles a mapping template in the Velocity Template Language: everything it names is checked here, so that
 * nothing it asks for is silently left out of a response. White space around directives is not emulated to the
 * letter (Velocity's versions differ in it): a template must not put any inside a JSON string.
 *
 * @param address where the template stands: state address and argument
 * @throws UnsupportedError for what the local run does not emulate
 */
export function compileTemplate(text: string, address: string, site: Omit<Site, 'refuse'>): Template {
  const refuse = (what: string): never => {
    throw new UnsupportedError(address, what);
  };
  if (Buffer.byteLength(text) > MAX_TEMPLATE_BYTES)
    refuse(`API Gateway takes ${MAX_TEMPLATE_BYTES} bytes at most`);
  try {
    const render = compileStatements(parseTemplate(text), { ...site, refuse });
    return (environment) => render({ environment, variables: new Map() });
  } catch (error) {
    if (error instanceof SyntaxError) refuse(error.message);
    throw error;
  }
}

/** A quota of API Gateway: iterations of a #foreach in a mapping template. */
const MAX_ITERATIONS = 1_000;

/** Names that a template reads, but cannot set. */
const RESERVED = new Set(['input', 'util', 'context', 'stageVariables', 'foreach']);

function compileStatements(statements: Block, site: Site): Render {
  const parts = statements.map((statement) => compileStatement(statement, site));
  return (scope) => parts.map((part) => part(scope)).join('');
}

function compileStatement(statement: Statement, site: Site): Render {
  if (typeof statement === 'string') return () => statement;
  if (isBlock(statement)) return compileBlock(statement, site);
  switch (statement.type) {
    case 'references':
      return compilePrinted(statement, site);
    case 'set':
      return compileSet(...statement.equal, site);
    case 'raw': {
      const text = statement.value;
      return () => text;
    }
    case 'comment':
      return () => '';
    default:
      return site.refuse(`#${statement.type} is not emulated here`);
  }
}

function compileBlock([head, ...body]: Block, site: Site): Render {
  if (typeof head === 'object' && 'type' in head) {
    if (head.type === 'if') return compileIf([head, ...body], site);
    if (head.type === 'foreach')
      return compileForeach(head.to, compileExpression(head.from, site), body, site);
    return site.refuse(`#${head.type} is not emulated`);
  }
  return site.refuse('a block without a directive is not emulated');
}

/** The first branch whose condition holds. */
function compileIf(statements: Block, site: Site): Render {
  const branches: { holds: (scope: Scope) => boolean; body: Statement[] }[] = [];
  for (const statement of statements) {
    const type = typeof statement === 'object' && 'type' in statement ? statement.type : undefined;
    if (typeof statement === 'object' && 'condition' in statement)
      branches.push({ holds: compileCondition(statement.condition, site), body: [] });
    else if (type === 'else') branches.push({ holds: () => true, body: [] });
    else branches.at(-1)?.body.push(statement);
  }
  const compiled = branches.map(({ holds, body }) => ({ holds, render: compileStatements(body, site) }));
  return (scope) => compiled.find(({ holds }) => holds(scope))?.render(scope) ?? '';
}

function compileForeach(name: string, from: (scope: Scope) => Value, body: Block, site: Site): Render {
  if (RESERVED.has(name)) return site.refuse(`$${name} cannot be a loop variable`);
  const render = compileStatements(body, site);
  return (scope) => {
    const list = from(scope);
    if (list === null) return '';
    if (kindOf(list) !== 'list')
      throw new TemplateError(`#foreach runs over lists only, not over a ${kindOf(list)}`);
    const items = list as readonly Value[];
    if (items.length > MAX_ITERATIONS)
      throw new TemplateError(`#foreach runs ${MAX_ITERATIONS} times at most`);
    const { variables } = scope;
    const outer = [name, 'foreach'].map((key) => [key, variables.get(key) ?? null] as const);
    const texts = items.map((item, index) => {
      variables
        .set(name, item)
        .set('foreach', { index, count: index + 1, hasNext: index + 1 < items.length });
      return render(scope);
    });
    for (const [key, value] of outer) variables.set(key, value);
    return texts.join('');
  };
}

/**
 * `#set`. Velocity 1.x leaves the variable as it was when the value is null, 2.x clears it: a template must not
 * depend on it.
 */
function compileSet(target: Reference, expression: Expression, site: Site): Render {
  const evaluate = compileExpression(expression, site);
  const [first, ...path] = target.path ?? [];
  if (target.id === 'context' && first?.type === 'property' && first.id === 'responseOverride')
    return compileOverride(path, evaluate, site);
  if (RESERVED.has(target.id) || target.path !== undefined)
    return site.refuse(`${sourceOf(target)} cannot be set here`);
  return (scope) => {
    const value = evaluate(scope);
    if (value === null && (scope.variables.get(target.id) ?? null) !== null)
      throw new TemplateError(`#set($${target.id}) to null over a value`);
    scope.variables.set(target.id, value);
    return '';
  };
}

/**
 * `#set($context.responseOverride...)`: `.status`, or `.header.<name>` (a hyphen may stand in the name; `header["<name>"]`
 * says the same). An override is final: API Gateway answers 500 when a template sets one twice.
 *
 * @param path the steps after `responseOverride`
 */
function compileOverride([part, ...names]: readonly Step[], evaluate: Evaluate, site: Site): Render {
  if (site.phase === 'request')
    return site.refuse('$context.responseOverride is emulated in response templates only');
  const member = part?.type === 'property' ? part.id : undefined;
  const [name] = names;
  if (member === 'status' && name === undefined) return overrideStatus(evaluate);
  const header = name && nameOf(name);
  if (member === 'header' && header !== undefined && names.length === 1)
    return overrideHeader(header, evaluate);
  return site.refuse('$context.responseOverride has a status and header.<name>, nothing else');
}

function nameOf(step: Step): string | undefined {
  if (step.type === 'property') return step.id;
  return step.type === 'index' && step.id.type === 'string' ? step.id.value : undefined;
}

const overrideStatus =
  (evaluate: Evaluate): Render =>
  (scope) => {
    const { responseOverride } = scope.environment;
    if ('status' in responseOverride)
      throw new TemplateError('$context.responseOverride.status is set twice');
    responseOverride.status = evaluate(scope);
    return '';
  };

const overrideHeader =
  (name: string, evaluate: Evaluate): Render =>
  (scope) => {
    const { headers } = scope.environment.responseOverride;
    if (headers.has(name)) throw new TemplateError(`$context.responseOverride.header.${name} is set twice`);
    headers.set(name, evaluate(scope));
    return '';
  };
