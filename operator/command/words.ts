/** @returns e.g. `1 question`, `2 questions`, `12,000 questions` */
export const counted = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : more}`;

/** @returns e.g. `primary (us-east-1)` */
export const placeTitle = ({ role, region }: { readonly role: string; readonly region: string }): string =>
  `${role} (${region})`;
