/** A suite that runs where what it needs is there; elsewhere it is skipped, and its title says so. */
export const describeWhere =
  (available: boolean, needed: string) =>
  (title: string, suite: () => void): void => {
    if (available) describe(title, suite);
    else describe.skip(`${title} (skipped, for it needs ${needed})`, suite);
  };
