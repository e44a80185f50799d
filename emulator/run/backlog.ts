/** Items that wait, at the most: some megabytes of log lines. */
const MAX_WAITING = 1_000;

/** What has to be read sooner or later, but not while a request waits for its answer. */
export class Backlog<Item> {
  private waiting: Item[] = [];

  constructor(private readonly read: (item: Item) => void) {}

  add(item: Item): void {
    this.waiting.push(item);
    if (this.waiting.length >= MAX_WAITING) this.catchUp();
  }

  /** Reads all that waits, in the order in which it came. */
  catchUp(): void {
    const items = this.waiting;
    this.waiting = [];
    items.forEach(this.read);
  }
}
