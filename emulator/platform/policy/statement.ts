import { compileCondition, type RequestContext } from './condition';
import type { StatementElements } from './policy-document';
import { wildcard } from './wildcard';

/** A statement of a policy, ready to be asked. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** @param target what the action acts on: a resource's ARN, or the service that wants to take the role */
  readonly applies: (action: string, target: string, context: RequestContext) => boolean;
}

/**
 * @param targets patterns of which one must match
 * @param where the statement's address, for errors
 */
export function compileStatement(
  { Effect, Action, Condition }: StatementElements,
  targets: readonly RegExp[],
  where: string,
): Statement {
  const actions = Action.map((action) => wildcard(action, 'i'));
  const condition = compileCondition(Condition ?? {}, where);
  return {
    effect: Effect,
    applies: (action, target, context) =>
      actions.some((pattern) => pattern.test(action)) &&
      targets.some((pattern) => pattern.test(target)) &&
      condition(context),
  };
}

export type Verdict = 'allowed' | 'explicitly denied' | 'not allowed';

/**
 * A deny beats every allow, and nothing is allowed unless a statement says so:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(
  statements: readonly Statement[],
  ...[action, target, context]: Parameters<Statement['applies']>
): Verdict {
  const applying = statements.filter(({ applies }) => applies(action, target, context));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'explicitly denied';
  return applying.length > 0 ? 'allowed' : 'not allowed';
}
