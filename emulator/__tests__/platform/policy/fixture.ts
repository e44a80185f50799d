import { createAuthorizer } from '../../../platform/policy/authorizer';
import type { Resource } from '../../../stack/resource';

export const ROLE = 'arn:aws:iam::123456789012:role/router';

export const resource = (type: string, values: Record<string, unknown>): Resource => ({
  address: `${type}.x`,
  type,
  name: 'x',
  values,
});
export const documentOf = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement });
export const TRUST = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: ['lambda.amazonaws.com'] },
};
export const allow = { Effect: 'Allow', Action: 'bedrock:InvokeModel', Resource: '*' };

export function authorizerOf(
  policies: readonly string[],
  trust = documentOf(TRUST),
  more: readonly Resource[] = [],
) {
  const resources = [
    resource('aws_iam_role', { name: 'router', arn: ROLE, assume_role_policy: trust }),
    ...policies.map((policy) => resource('aws_iam_role_policy', { role: 'router', policy })),
    ...more,
  ];
  return createAuthorizer({ of: (type) => resources.filter((candidate) => candidate.type === type) });
}
