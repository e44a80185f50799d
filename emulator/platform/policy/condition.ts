import { UnsupportedError } from '../../stack/resource';
import { arnMatches, wildcard } from './wildcard';

/** What a call brings along, e.g. `{ 'aws:SourceAccount': '123456789012' }`. */
export type RequestContext = Readonly<Record<string, string>>;
/** Operator -> condition key -> values, as in a policy document. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
export type Condition = (context: RequestContext) => boolean;

/** expected, found: whether one value of the policy is met by the request's. */
const OPERATORS: Readonly<Record<string, (expected: string, found: string) => boolean>> = {
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: (expected, found) => expected.toLowerCase() === found.toLowerCase(),
  StringEquals: (expected, found) => expected === found,
  StringLike: (expected, found) => wildcard(expected).test(found),
};

/**
 * All operators and all keys must be met, each by any of its values; a key that the request does not have is
 * not met. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 * @throws UnsupportedError for an operator that is not acted out
 */
export function compileCondition(block: ConditionBlock, where: string): Condition {
  const tests = Object.entries(block).flatMap(([operator, keys]) => {
    const matches = OPERATORS[operator];
    if (matches === undefined) {
      throw new UnsupportedError(`${where}.Condition.${operator}`, 'this operator is not acted out locally');
    }
    return Object.entries(keys).map(([key, values]) => ({ key: key.toLowerCase(), values, matches }));
  });
  return (context) => {
    const given = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
    return tests.every(({ key, values, matches }) => {
      const found = given.get(key);
      return found !== undefined && values.some((expected) => matches(expected, found));
    });
  };
}
