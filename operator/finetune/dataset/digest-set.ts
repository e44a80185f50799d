import { hash } from 'node:crypto';

/** The first 8 bytes of SHA-256: among a million records two different ones share it once in 37 million files. */
export function digestOf(content: string): bigint {
  return hash('sha256', content, 'buffer').readBigUInt64BE();
}

const FIRST_SLOTS = 1 << 16;

/**
 * Digests in 16 to 32 bytes each (open addressing, half full at most), where a JavaScript Set of bigints takes
 * about 60. Keeps `maxSize` at most; a later new digest is not kept.
 */
export class DigestSet {
  private slots = new BigUint64Array(FIRST_SLOTS);
  private count = 0;

  constructor(private readonly maxSize: number) {}

  get size(): number {
    return this.count;
  }

  get full(): boolean {
    return this.count >= this.maxSize;
  }

  /** @returns whether it was new, or could not be told to be old */
  add(digest: bigint): boolean {
    // 0 marks an empty slot.
    const value = digest === 0n ? 1n : digest;
    const slot = this.slotOf(value);
    if (this.slots[slot] === value) return false;
    if (this.full) return true;
    this.slots[slot] = value;
    this.count += 1;
    if (this.count * 2 > this.slots.length) this.grow();
    return true;
  }

  /** The slot that holds the value, or the empty one where it belongs. */
  private slotOf(value: bigint): number {
    const mask = this.slots.length - 1;
    // A digest's bits are random, so any of them spread evenly.
    let slot = Number(value & 0xffff_ffffn) & mask;
    while (this.slots[slot] !== 0n && this.slots[slot] !== value) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new BigUint64Array(old.length * 2);
    for (const value of old) if (value !== 0n) this.slots[this.slotOf(value)] = value;
  }
}
