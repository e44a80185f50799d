import type { Resource } from '../terraform/resource';

/** A role as the API shows it. */
export interface ApiRole {
  readonly resource: Resource;
  readonly policies: readonly Resource[];
}
