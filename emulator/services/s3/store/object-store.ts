import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { DEFAULT_ALGORITHM } from '../checksum/algorithms';
import { noSuchBucket } from '../http/errors';
import type { BucketSettings } from '../settings/bucket-settings';
import { Bucket } from './bucket';
import { Files } from './files';
import type { StoredObject } from './versions';

/** What the buckets hold; other services of the same process read and write it as S3's own, unasked for permission. */
export class ObjectStore {
  private readonly files: Files;
  private readonly buckets: ReadonlyMap<string, Bucket>;

  /** @param directory where content is kept, and stays; default: a temporary one that `close` removes */
  constructor(settings: readonly BucketSettings[], now: () => number, directory?: string) {
    this.files = new Files(directory);
    this.buckets = new Map(settings.map((one) => [one.name, new Bucket(one, this.files, now)]));
  }

  /** @throws AwsError 404 NoSuchBucket */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw noSuchBucket(name);
    return bucket;
  }

  /**
   * The content of a key's current version; undefined where there is none.
   * @throws AwsError 404 NoSuchBucket
   */
  get(bucket: string, key: string): Readable | undefined {
    const object = this.bucket(bucket).versions.current(key);
    return object && createReadStream(object.file);
  }

  /** @throws AwsError 404 NoSuchBucket */
  async put(bucketName: string, key: string, body: string | Buffer): Promise<StoredObject> {
    const bucket = this.bucket(bucketName);
    const content = await this.files.write(Readable.from([Buffer.from(body)]), DEFAULT_ALGORITHM);
    return bucket.add({
      ...content,
      key,
      etag: bucket.etagOf(content.md5),
      checksum: { ...content.checksum, type: 'FULL_OBJECT' },
      headers: { 'content-type': 'binary/octet-stream' },
    });
  }

  /**
   * The current objects whose keys begin with the prefix, by key.
   * @throws AwsError 404 NoSuchBucket
   */
  list(bucket: string, prefix: string): readonly StoredObject[] {
    return this.bucket(bucket).versions.list(prefix);
  }

  close(): void {
    this.files.close();
  }
}
