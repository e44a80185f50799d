import ledger from '../../contract/state-addresses.json';

export interface StateDifference {
  readonly address: string;
  readonly onlyIn: 'primary' | 'secondary' | 'neither';
  /** Why it may be there alone; absent where nobody knows. */
  readonly why?: string;
}

const MAY_BE_ALONE: Readonly<Record<string, string>> = ledger.onlyPrimary;

/** What a failover goes by; the rest of what may be in the primary alone may be turned off. */
const isNeeded = (address: string): boolean => address.startsWith('aws_route53_');

/** What one region's state has and the other's has not, and what of the primary alone failover misses. */
export function compareStates(
  primary: readonly string[],
  secondary: readonly string[],
): readonly StateDifference[] {
  const [inPrimary, inSecondary] = [new Set(primary), new Set(secondary)];
  return [
    ...[...inPrimary]
      .filter((address) => !inSecondary.has(address))
      .map((address) => {
        const why = MAY_BE_ALONE[address];
        return { address, onlyIn: 'primary', ...(why !== undefined && { why }) } as const;
      }),
    ...[...inSecondary]
      .filter((address) => !inPrimary.has(address))
      .map((address) => ({ address, onlyIn: 'secondary' }) as const),
    ...Object.keys(MAY_BE_ALONE)
      .filter((address) => isNeeded(address) && !inPrimary.has(address) && !inSecondary.has(address))
      .map((address) => ({ address, onlyIn: 'neither' }) as const),
  ];
}

/** What both regions have, or both have not, other than the app as shipped: another revision, or configuration. */
export function unlikeShipped(primary: readonly string[], secondary: readonly string[]) {
  const shipped = new Set(ledger.regional);
  const present = new Set([...primary, ...secondary]);
  const isKnown = (address: string) => shipped.has(address) || address in MAY_BE_ALONE;
  return {
    more: [...present].filter((address) => !address.startsWith('data.') && !isKnown(address)),
    less: [...shipped].filter((address) => !present.has(address)),
  };
}
