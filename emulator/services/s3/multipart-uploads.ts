import { randomBytes } from 'node:crypto';
import type { ChecksumAlgorithm, ChecksumType } from './checksums';
import { noSuchUpload } from './errors';
import type { Content } from './files';
import { byBytes, type ObjectHeaders } from './versions';

export interface Part extends Content {
  /** 1 to 10,000 */
  readonly number: number;
  /** in quotation marks */
  readonly etag: string;
  /** milliseconds since the epoch */
  readonly lastModified: number;
}

/** What an upload asks for when it is created. */
interface UploadRequest {
  readonly key: string;
  readonly headers: ObjectHeaders;
  readonly algorithm: ChecksumAlgorithm;
  readonly checksumType: ChecksumType;
  /** the caller named no algorithm, so that S3 asks for no checksums of parts */
  readonly byDefault: boolean;
}

export interface MultipartUpload extends UploadRequest {
  readonly id: string;
  /** milliseconds since the epoch */
  readonly initiated: number;
  readonly parts: ReadonlyMap<number, Part>;
}

/** A bucket's uploads in parts that are neither completed nor aborted. */
export class MultipartUploads {
  private readonly byId = new Map<string, MultipartUpload & { readonly parts: Map<number, Part> }>();

  create(request: UploadRequest, now: number): MultipartUpload {
    const id = randomBytes(48).toString('base64url');
    const upload = { ...request, id, initiated: now, parts: new Map<number, Part>() };
    this.byId.set(id, upload);
    return upload;
  }

  /** @throws AwsError 404 NoSuchUpload, also for an upload of another key */
  get(key: string, id: string) {
    const upload = this.byId.get(id);
    if (upload?.key !== key) throw noSuchUpload(id);
    return upload;
  }

  /**
   * @returns the part of the same number that it takes the place of
   * @throws AwsError 404 NoSuchUpload
   */
  addPart(key: string, id: string, part: Part): Part | undefined {
    const { parts } = this.get(key, id);
    const replaced = parts.get(part.number);
    parts.set(part.number, part);
    return replaced;
  }

  /**
   * Ends an upload: from now on it takes no part and cannot be completed again.
   * @throws AwsError 404 NoSuchUpload
   */
  take(key: string, id: string): MultipartUpload {
    const upload = this.get(key, id);
    this.byId.delete(id);
    return upload;
  }

  /** Takes back an end that failed. */
  restore(upload: MultipartUpload): void {
    this.byId.set(upload.id, { ...upload, parts: new Map(upload.parts) });
  }

  /** In the order in which S3 lists them: by key, and by their time for each key. */
  list(): readonly MultipartUpload[] {
    return [...this.byId.values()].sort(
      (one, other) => byBytes(one.key, other.key) || one.initiated - other.initiated,
    );
  }
}
