/** A suite that runs where what it needs is there; elsewhere it is skipped, and says so. */
export function describeWhere(available: boolean, needed: string): typeof describe {
  if (available) return describe;
  console.warn(`Skipped, for this machine has not what it needs: ${needed}.`);
  return describe.skip;
}
