import { randomUUID } from 'node:crypto';
import { type Intercept, withEffect } from '../../platform/faults/effects';
import { LoopbackServer, type Reply, respond } from '../../platform/http/server';
import { Access, type Authorize } from './access';
import { ObjectStore } from './bucket';
import type { BucketSettings } from './bucket-settings';
import { errorReply, readRequest, type S3Request } from './http';
import { listContext, operationOf } from './operations';

export interface S3Options {
  /** see `readBuckets` */
  readonly buckets: readonly BucketSettings[];
  readonly region: string;
  /** default: all callers may do everything */
  readonly authorize?: Authorize;
  /** what is wrong with a call; default: nothing */
  readonly intercept?: Intercept;
  /** milliseconds since the epoch */
  readonly now?: () => number;
}

/**
 * S3 in one region, over its real protocol, with the buckets that the stack declares.
 *
 * Uploads and downloads stream between the socket and the disk. Not emulated, and refused with 501: everything but
 * the operations of `operations.ts`, virtual-hosted-style requests, presigned URLs, signed chunks, copies, tags, ACLs,
 * storage classes, object lock, encryption other than the bucket's. Signatures are read, not verified.
 */
export class S3 {
  readonly objects: ObjectStore;
  private readonly server = new LoopbackServer((message, response) => {
    const { region, intercept } = this.options;
    const { method = '', url = '' } = message;
    const id = randomUUID();
    void respond(message, response, {
      headers: { 'x-amz-request-id': id },
      answer: (signal) =>
        withEffect(intercept?.(), () => this.answer(readRequest(message, region, signal)), signal),
      refuse: (error) => errorReply(error, { method, resource: url.split('?', 1)[0] ?? '', id }),
    }).then(() => {
      // What is left of a refused body is read and dropped: a client still writing would not see the answer.
      message.resume();
    });
    // An upload of several GB takes longer than the five minutes that Node gives a request.
  }, 0);

  constructor(private readonly options: S3Options) {
    this.objects = new ObjectStore(options.buckets, options.now ?? Date.now);
  }

  /** @returns the endpoint's URL */
  listen(): Promise<string> {
    return this.server.listen();
  }

  /** Ends every connection; the objects are gone with it. */
  async close(): Promise<void> {
    await this.server.close();
    this.objects.close();
  }

  private async answer(request: S3Request): Promise<Reply> {
    const { region, authorize = () => undefined, now = Date.now } = this.options;
    const operation = operationOf(request);
    const bucket = this.objects.bucket(request.bucket);
    const access = new Access({ region, authorize, caller: request.caller, settings: bucket.settings });
    const key = operation.on === 'object' ? request.key : undefined;
    const action = request.query.has('versionId') ? operation.versionAction : undefined;
    const actions = [action ?? operation.action];
    // Who compares an ETag learns of it.
    const ifMatch = operation.comparesETag ? request.message.headers['if-match'] : undefined;
    if (![undefined, '*'].includes(ifMatch)) actions.push('s3:GetObject');
    for (const each of actions) access.require(each, key, listContext(request));
    if (operation.key) access.requireKey(operation.key, request.key);
    await bucket.expire();
    return operation.run({ request, bucket, access, now });
  }
}
