import { compileCondition, compileExpression, compilePrinted } from './expression';
import { compileOverride } from './response-override';
import type { Render, Scope, Site } from './scope';
import { isBlock, sourceOf, type Block, type Expression, type Reference, type Statement } from './syntax';
import { kindOf, TemplateError, type Value } from './values';

/** A quota of API Gateway: iterations of a #foreach in a mapping template. */
const MAX_ITERATIONS = 1_000;

/** Names that a template reads, but cannot set. */
const RESERVED = new Set(['input', 'util', 'context', 'stageVariables', 'foreach']);

export function compileStatements(statements: Block, site: Site): Render {
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
      return site.refuse(`#${statement.type} is not acted out here`);
  }
}

function compileBlock([head, ...body]: Block, site: Site): Render {
  if (typeof head === 'object' && 'type' in head) {
    if (head.type === 'if') return compileIf([head, ...body], site);
    if (head.type === 'foreach')
      return compileForeach(head.to, compileExpression(head.from, site), body, site);
    return site.refuse(`#${head.type} is not acted out`);
  }
  return site.refuse('a block without a directive is not acted out');
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
