/** All items of an SDK's paginated list. */
export async function itemsOf<Page, Item>(
  pages: AsyncIterable<Page>,
  read: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...(read(page) ?? []));
  return items;
}
