import { UnsupportedError } from '../../stack/resource';
import { isContextVariable, type RequestContext } from './velocity/environment';

/** What a gateway response's template sees. */
export interface GatewayResponseContext {
  readonly context: RequestContext;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly error: { readonly message: string; readonly responseType: string };
}

type Variable = (see: GatewayResponseContext) => string;

const REFERENCE = /\$(\w+)((?:\.[A-Za-z]\w*)*)/g;

const ERROR_VARIABLES: ReadonlyMap<string, Variable> = new Map<string, Variable>([
  ['error.message', ({ error }) => error.message],
  ['error.messageString', ({ error }) => JSON.stringify(error.message)],
  ['error.responseType', ({ error }) => error.responseType],
]);

/**
 * A gateway response's template: API Gateway replaces its variables, and runs no Velocity on it.
 *
 * @throws UnsupportedError for directives, functions and unknown variables
 */
export function compileGatewayTemplate(
  text: string,
  address: string,
  stageVariables: readonly string[],
): Variable {
  const refuse = (what: string): never => {
    throw new UnsupportedError(
      address,
      `${what}: gateway responses take plain $context and $stageVariables only`,
    );
  };
  if (/#\{?[a-z]|#[*#[]/.test(text)) refuse('a directive');
  const parts: Variable[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [reference, root, path = ''] = match;
    parts.push(literal(text.slice(end, match.index)));
    end = match.index + reference.length;
    const call = text.startsWith('(', end);
    parts.push((call ? undefined : variable(root, path.slice(1), stageVariables)) ?? refuse(reference));
  }
  const tail = text.slice(end);
  if (text.replaceAll(REFERENCE, '').includes('$')) refuse('a stray $');
  return (see) => [...parts, literal(tail)].map((part) => part(see)).join('');
}

const literal =
  (text: string): Variable =>
  () =>
    text;

function variable(
  root: string | undefined,
  name: string,
  stageVariables: readonly string[],
): Variable | undefined {
  if (root === 'stageVariables' && stageVariables.includes(name))
    return (see) => see.stageVariables[name] ?? '';
  if (root !== 'context') return undefined;
  return isContextVariable(name) ? ({ context }) => String(context[name]) : ERROR_VARIABLES.get(name);
}
