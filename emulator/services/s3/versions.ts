import { randomBytes } from 'node:crypto';
import type { ObjectChecksum } from './checksums';

/** What an upload says of the object to be: `content-type`, `x-amz-meta-...`, as it is answered again. */
export type ObjectHeaders = Readonly<Record<string, string>>;

interface Version {
  readonly key: string;
  /** `null` in a bucket without versioning */
  readonly versionId: string;
  /** milliseconds since the epoch */
  readonly lastModified: number;
}

export interface StoredObject extends Version {
  readonly kind: 'object';
  readonly file: string;
  /** bytes */
  readonly size: number;
  /** in quotation marks */
  readonly etag: string;
  readonly checksum: ObjectChecksum;
  readonly headers: ObjectHeaders;
}

/** Says that the key is deleted, while its versions are kept. */
interface DeleteMarker extends Version {
  readonly kind: 'delete marker';
}

export type AnyVersion = StoredObject | DeleteMarker;

export const newVersionId = (versioned: boolean): string =>
  versioned ? randomBytes(24).toString('base64url') : 'null';

/** Whether it may be one of S3's: 32 characters, or `null`. */
export const isVersionId = (text: string): boolean => text === 'null' || /^[\w.-]{32}$/.test(text);

/** The versions of a bucket's keys, the oldest of each first. */
export class Versions {
  private readonly byKey = new Map<string, AnyVersion[]>();

  /** The newest version of a key; undefined where it is deleted or never was. */
  current(key: string): StoredObject | undefined {
    const latest = this.latest(key);
    return latest?.kind === 'object' ? latest : undefined;
  }

  latest(key: string): AnyVersion | undefined {
    return this.byKey.get(key)?.at(-1);
  }

  find(key: string, versionId: string): AnyVersion | undefined {
    return this.byKey.get(key)?.find((version) => version.versionId === versionId);
  }

  /** @returns what it replaced: the version of the same id, in a bucket without versioning */
  add(version: AnyVersion): AnyVersion | undefined {
    const replaced = this.remove(version.key, version.versionId);
    this.byKey.set(version.key, [...(this.byKey.get(version.key) ?? []), version]);
    return replaced;
  }

  remove(key: string, versionId: string): AnyVersion | undefined {
    const removed = this.find(key, versionId);
    const left = (this.byKey.get(key) ?? []).filter((version) => version !== removed);
    if (left.length === 0) this.byKey.delete(key);
    else this.byKey.set(key, left);
    return removed;
  }

  /** Every key's versions, those of deleted keys included. */
  *all(): Generator<readonly AnyVersion[]> {
    yield* this.byKey.values();
  }

  /** The current objects whose keys begin so, in the order in which S3 lists them: of their keys' UTF-8 bytes. */
  list(prefix: string): StoredObject[] {
    return [...this.byKey.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort(byBytes)
      .flatMap((key) => this.current(key) ?? []);
  }
}

export const byBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));
