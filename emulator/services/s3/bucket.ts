import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type BucketSettings, dueAt } from './bucket-settings';
import { DEFAULT_ALGORITHM, type ObjectChecksum } from './checksums';
import { noSuchBucket } from './errors';
import { type Content, Files } from './files';
import { MultipartUploads } from './multipart-uploads';
import { type AnyVersion, newVersionId, type ObjectHeaders, type StoredObject, Versions } from './versions';

/** What the buckets hold; other services of the same process read and write it as S3's own, unasked for permission. */
export class ObjectStore {
  private readonly files = new Files();
  private readonly buckets: ReadonlyMap<string, Bucket>;

  constructor(settings: readonly BucketSettings[], now: () => number) {
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

  close(): void {
    this.files.close();
  }
}

/** What becomes an object: its content, and what is said of it. */
export interface NewObject extends Pick<Content, 'file' | 'size'> {
  readonly key: string;
  readonly etag: string;
  readonly checksum: ObjectChecksum;
  readonly headers: ObjectHeaders;
}

/** One bucket's objects and unfinished uploads. */
export class Bucket {
  readonly versions = new Versions();
  readonly uploads = new MultipartUploads();

  constructor(
    readonly settings: BucketSettings,
    readonly files: Files,
    private readonly now: () => number,
  ) {}

  /**
   * An MD5 only where S3 keeps one: with encryption by KMS, an ETag is no digest of the content.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
   * @param parts of a multipart upload
   */
  etagOf(md5: Buffer, parts?: number): string {
    const digest = this.settings.encryption.algorithm === 'aws:kms' ? randomBytes(16) : md5;
    return `"${digest.toString('hex')}${parts === undefined ? '' : `-${parts}`}"`;
  }

  async add(object: NewObject): Promise<StoredObject> {
    const version: StoredObject = { ...object, kind: 'object', ...this.stamp() };
    await this.forget(this.versions.add(version));
    return version;
  }

  /** @returns the delete marker, in a bucket with versioning */
  async delete(key: string): Promise<AnyVersion | undefined> {
    if (!this.settings.versioned) {
      await this.forget(this.versions.remove(key, 'null'));
      return undefined;
    }
    const marker = { kind: 'delete marker', key, ...this.stamp() } as const;
    this.versions.add(marker);
    return marker;
  }

  /** Deletes one version for good. */
  async deleteVersion(key: string, versionId: string): Promise<AnyVersion | undefined> {
    const removed = this.versions.remove(key, versionId);
    await this.forget(removed);
    return removed;
  }

  /** Aborts an upload. @throws AwsError 404 NoSuchUpload */
  async abort(key: string, uploadId: string): Promise<void> {
    const { parts } = this.uploads.take(key, uploadId);
    await this.files.remove(...[...parts.values()].map(({ file }) => file));
  }

  /** Clears away what the lifecycle rules have let expire. */
  async expire(): Promise<void> {
    const now = this.now();
    for (const rule of this.settings.lifecycle) {
      const concerns = (key: string) => key.startsWith(rule.prefix);
      const { unfinishedUploadDays, noncurrentDays, expiredDeleteMarker } = rule;
      if (unfinishedUploadDays !== undefined) {
        for (const { key, id, initiated } of this.uploads.list()) {
          if (concerns(key) && dueAt(initiated, unfinishedUploadDays) <= now) await this.abort(key, id);
        }
      }
      for (const versions of [...this.versions.all()]) {
        for (const [index, version] of versions.entries()) {
          if (!concerns(version.key)) continue;
          const successor = versions[index + 1];
          const expired =
            successor === undefined
              ? expiredDeleteMarker && version.kind === 'delete marker' && versions.length === 1
              : noncurrentDays !== undefined && dueAt(successor.lastModified, noncurrentDays) <= now;
          if (expired) await this.deleteVersion(version.key, version.versionId);
        }
      }
    }
  }

  private stamp(): Pick<AnyVersion, 'versionId' | 'lastModified'> {
    return { versionId: newVersionId(this.settings.versioned), lastModified: this.now() };
  }

  private async forget(version: AnyVersion | undefined): Promise<void> {
    if (version?.kind === 'object') await this.files.remove(version.file);
  }
}
