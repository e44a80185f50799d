import { blocks, optionalText, text, texts, type Addressed } from '../values';
import { emulated, type Arguments } from './resource-type';

export const policyDocumentArguments: Arguments = {
  ...emulated('version', 'policy_id'),
  statement: {
    ...emulated('sid', 'effect', 'actions', 'not_actions', 'resources', 'not_resources'),
    condition: emulated('test', 'variable', 'values'),
    not_principals: emulated('type', 'identifiers'),
    principals: emulated('type', 'identifiers'),
  },
};

type Member = string | readonly string[] | Readonly<Record<string, unknown>>;

/** The provider writes IAM's own variables as `&{...}`, since `${...}` is Terraform's. */
const withVariables = (value: string) => value.replaceAll('&{', '${');

/** One value is written plainly, several in descending order: that is how the provider renders them. */
function oneOrMany(values: readonly string[]): string | readonly string[] | undefined {
  const [first, ...others] = values.map(withVariables).sort().reverse();
  return first === undefined || others.length === 0 ? first : [first, ...others];
}

function principals(of: Addressed, name: string): Member | undefined {
  const found = blocks(of, name);
  if (found.length === 0) return undefined;
  const byType: Record<string, readonly string[]> = {};
  for (const principal of found) {
    const type = text(principal, 'type');
    byType[type] = [...(byType[type] ?? []), ...texts(principal, 'identifiers')];
  }
  if (Object.keys(byType).join() === '*' && byType['*']?.join() === '*') return '*';
  return Object.fromEntries(Object.entries(byType).map(([type, all]) => [type, oneOrMany(all)]));
}

function conditions(statement: Addressed): Member | undefined {
  const byTest: Record<string, Record<string, readonly string[]>> = {};
  for (const condition of blocks(statement, 'condition')) {
    const variables = (byTest[text(condition, 'test')] ??= {});
    const variable = text(condition, 'variable');
    variables[variable] = [...(variables[variable] ?? []), ...texts(condition, 'values')];
  }
  if (Object.keys(byTest).length === 0) return undefined;
  return Object.fromEntries(
    Object.entries(byTest).map(([test, variables]) => [
      test,
      Object.fromEntries(
        Object.entries(variables).map(([variable, values]) => {
          const rendered = values.map(withVariables);
          return [variable, rendered.length === 1 ? rendered[0] : rendered];
        }),
      ),
    ]),
  );
}

/**
 * The `json` attribute of the data source `aws_iam_policy_document`, as the provider renders it.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function policyDocument(of: Addressed): string {
  const document = {
    Version: optionalText(of, 'version') ?? '2012-10-17',
    Id: optionalText(of, 'policy_id'),
    Statement: blocks(of, 'statement').map((statement) => ({
      Sid: optionalText(statement, 'sid'),
      Effect: optionalText(statement, 'effect') ?? 'Allow',
      Action: oneOrMany(texts(statement, 'actions')),
      NotAction: oneOrMany(texts(statement, 'not_actions')),
      Resource: oneOrMany(texts(statement, 'resources')),
      NotResource: oneOrMany(texts(statement, 'not_resources')),
      Principal: principals(statement, 'principals'),
      NotPrincipal: principals(statement, 'not_principals'),
      Condition: conditions(statement),
    })),
  };
  return JSON.stringify(document, undefined, 2);
}
