const literal = (text: string) => text.replace(/[\\^$.|+()[\]{}]/g, '\\$&');

/** `*` is any text, `?` any one character. */
export const wildcard = (pattern: string, flags = ''): RegExp =>
  new RegExp(`^${literal(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`, `su${flags}`);

/**
 * A Resource element: wildcards match inside a segment of the ARN, and only a `*` that ends its segment reaches
 * beyond the colon. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const resourceWildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${literal(pattern).replace(/(\*(?=:|$))|(\*)|\?/g, (_, last?: string, inner?: string) =>
      last !== undefined ? '.*' : inner !== undefined ? '[^:]*' : '[^:]',
    )}$`,
    'su',
  );

/**
 * ArnEquals and ArnLike, which are the same: each of an ARN's six components is matched by itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function arnMatches(pattern: string, arn: string): boolean {
  const found = components(arn);
  const expected = components(pattern);
  return (
    found.length === 6 &&
    expected.length === 6 &&
    expected.every((component, index) => wildcard(component).test(found[index] ?? ''))
  );
}

/** arn, partition, service, region, account, and the rest, colons included. */
function components(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
