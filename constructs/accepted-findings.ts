import type { TerraformResource } from 'cdktf';

/**
 * What a scanner (checkov) finds of a resource and we keep, by the check's id, each with its reason: as a comment beside
 * the resource in the synthesized JSON. A test holds both against each other: __tests__/findings.
 */
export function acceptFindings(
  resource: TerraformResource,
  reasons: Readonly<Record<`CKV${string}`, string>>,
): void {
  for (const [check, reason] of Object.entries(reasons)) resource.addOverride(`//.accepted.${check}`, reason);
}
