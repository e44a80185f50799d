import { AwsError } from '../../platform/http/aws-error';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
const DEFAULT_ITEMS = 100;
const MAX_ITEMS = 1000;

export interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: { readonly IsTruncated: boolean; readonly Marker: string | undefined };
}

/**
 * The page of a list that `Marker` and `MaxItems` ask for.
 * @throws AwsError 400 ValidationError
 */
export function pageOf<T>(all: readonly T[], parameters: URLSearchParams): Page<T> {
  const start = integer(parameters, 'Marker', 0, all.length) ?? 0;
  const size = integer(parameters, 'MaxItems', 1, MAX_ITEMS) ?? DEFAULT_ITEMS;
  const end = start + size;
  const IsTruncated = end < all.length;
  return {
    items: all.slice(start, end),
    pagination: { IsTruncated, Marker: IsTruncated ? String(end) : undefined },
  };
}

function integer(parameters: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const given = parameters.get(name);
  if (given === null) return undefined;
  const value = /^\d{1,9}$/.test(given) ? Number(given) : -1;
  if (value >= least && value <= most) return value;
  throw new AwsError(400, 'ValidationError', `${name} must be a whole number from ${least} to ${most}.`);
}
