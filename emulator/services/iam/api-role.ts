import type { Resource } from '../../stack/resource';

/** A role as the API shows it. */
export interface ApiRole {
  readonly resource: Resource;
  readonly policies: readonly Resource[];
}
