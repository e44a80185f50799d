import type { Evaluate, Render, Site } from './scope';
import type { Step } from './syntax';
import { TemplateError } from './values';

/**
 * `#set($context.responseOverride...)`: `.status`, or `.header.<name>` (a hyphen may stand in the name; `header["<name>"]`
 * says the same). An override is final: API Gateway answers 500 when a template sets one twice.
 *
 * @param path the steps after `responseOverride`
 */
export function compileOverride([part, ...names]: readonly Step[], evaluate: Evaluate, site: Site): Render {
  if (site.phase === 'request')
    return site.refuse('$context.responseOverride is acted out in response templates only');
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
