import { createHash } from 'node:crypto';
import type { Placement } from './resource-types/resource-type';

/** The account that every local ARN names: AWS's own example account. */
export const ACCOUNT = '123456789012';

/** Where one resource of a stack stands; its ids are made of the stack's name and the resource's address. */
export function placementOf(
  stackName: string,
  address: string,
  region: string,
  find: Placement['find'],
): Placement {
  const digest = (purpose: string) =>
    createHash('sha256').update(`${stackName}/${address}/${purpose}`).digest('hex');
  return {
    region,
    account: ACCOUNT,
    id: (length, purpose = 'id') =>
      BigInt(`0x${digest(purpose)}`)
        .toString(36)
        .slice(-length),
    uuid: () => digest('uuid').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    find,
  };
}
