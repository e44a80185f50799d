import { UnsupportedError, type Resource } from '../../../stack/resource';
import { blocks, number, optionalBlock, optionalText, text, type Addressed } from '../../../stack/values';

/** What S3 clears away by itself. */
export interface LifecycleRule {
  /** of the keys that it concerns */
  readonly prefix: string;
  /** after which an upload that is not complete is aborted */
  readonly unfinishedUploadDays?: number;
  /** after which a version that is no longer current is deleted */
  readonly noncurrentDays?: number;
  /** whether a delete marker goes once it is the last version of its key */
  readonly expiredDeleteMarker: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** S3 counts from the next midnight (UTC) on. https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
export const dueAt = (since: number, days: number): number =>
  Math.ceil(since / DAY_MS) * DAY_MS + days * DAY_MS;

const KNOWN = new Set([
  'id',
  'status',
  'filter',
  'abort_incomplete_multipart_upload',
  'noncurrent_version_expiration',
  'expiration',
]);

/** @throws UnsupportedError for transitions, expirations by age, filters by more than a prefix, ... */
export function lifecycleRules(resource: Resource | undefined): readonly LifecycleRule[] {
  if (resource === undefined) return [];
  return blocks(resource, 'rule')
    .filter((rule) => text(rule, 'status') === 'Enabled')
    .map(lifecycleRule);
}

function lifecycleRule(rule: Addressed): LifecycleRule {
  refuseOthers(rule, KNOWN);
  const upload = optionalBlock(rule, 'abort_incomplete_multipart_upload');
  const noncurrent = optionalBlock(rule, 'noncurrent_version_expiration');
  const expiration = optionalBlock(rule, 'expiration');
  const filter = optionalBlock(rule, 'filter');
  if (filter) refuseOthers(filter, new Set(['prefix']));
  if (noncurrent) refuseOthers(noncurrent, new Set(['noncurrent_days']));
  if (expiration) refuseOthers(expiration, new Set(['expired_object_delete_marker']));
  return {
    prefix: (filter && optionalText(filter, 'prefix')) ?? '',
    ...(upload && { unfinishedUploadDays: number(upload, 'days_after_initiation') }),
    ...(noncurrent && { noncurrentDays: number(noncurrent, 'noncurrent_days') }),
    expiredDeleteMarker: expiration !== undefined,
  };
}

function refuseOthers({ address, values }: Addressed, known: ReadonlySet<string>): void {
  const other = Object.keys(values).find((name) => values[name] != null && !known.has(name));
  if (other !== undefined) throw new UnsupportedError(`${address}.${other}`, 'not emulated');
}
