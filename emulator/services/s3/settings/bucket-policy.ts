import * as z from 'zod/mini';
import { identityPolicySchema, readPolicy } from '../../../platform/policy/policy-document';
import { compileStatement, type Statement, wildcard } from '../../../platform/policy/statement';
import type { Resource } from '../../../stack/resource';

/** Of a bucket policy, in bytes: 20 KB. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
const MAX_POLICY = 20_480;

/** Only denials of everybody: within one account, an Allow adds nothing to what the callers' own policies allow. */
const denialOfAll = z.looseObject({
  Effect: z.literal('Deny', 'only denials are emulated'),
  Principal: z.union([z.literal('*'), z.strictObject({ AWS: z.literal('*') })]),
});
type Denial = z.output<typeof denialOfAll>;

const withoutPrincipals = ({ Statement, ...rest }: { readonly Statement: Denial | readonly Denial[] }) => ({
  ...rest,
  Statement: [Statement].flat().map(({ Principal, ...statement }) => statement),
});

/** The rest of the document is an identity policy's, once nobody is left out of it. */
const schema = z.pipe(
  z.pipe(
    z.looseObject({ Statement: z.union([denialOfAll, z.array(denialOfAll)]) }),
    z.transform((document) => withoutPrincipals(document) as unknown as z.input<typeof identityPolicySchema>),
  ),
  identityPolicySchema,
);

/**
 * The statements of a bucket's policy; none where it has no policy.
 * @throws UnsupportedError for statements that allow, or that concern some principals only
 */
export function bucketPolicy(resource: Resource | undefined): readonly Statement[] {
  if (resource === undefined) return [];
  const { document } = readPolicy(resource, 'policy', schema, MAX_POLICY);
  return document.Statement.map((statement, index) =>
    compileStatement(
      statement,
      statement.Resource.map((arn) => wildcard(arn)),
      `${resource.address}.policy.Statement.${index}`,
    ),
  );
}
