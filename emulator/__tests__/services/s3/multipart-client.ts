import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
  type CompletedPart,
  type CompleteMultipartUploadCommandInput,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3';
import { BUCKET } from './fixture';

/** One upload in parts, through the real client. */
export class Upload {
  private constructor(
    private readonly client: S3Client,
    private readonly of: { Bucket: string; Key: string; UploadId: string },
  ) {}

  static async create(
    client: S3Client,
    Key: string,
    more: Partial<CreateMultipartUploadCommandInput> = { ChecksumAlgorithm: 'CRC32' },
  ): Promise<Upload> {
    const command = new CreateMultipartUploadCommand({ Bucket: BUCKET, Key, ...more });
    const { UploadId = '' } = await client.send(command);
    return new Upload(client, { Bucket: BUCKET, Key, UploadId });
  }

  static resume(client: S3Client, Key: string, UploadId: string): Upload {
    return new Upload(client, { Bucket: BUCKET, Key, UploadId });
  }

  get id(): string {
    return this.of.UploadId;
  }

  async part(
    PartNumber: number,
    Body: Buffer | string,
    more: Partial<UploadPartCommandInput> = {},
  ): Promise<CompletedPart> {
    const command = new UploadPartCommand({ ...this.of, PartNumber, Body, ...more });
    const { ETag, ChecksumCRC32, ChecksumSHA256 } = await this.client.send(command);
    return {
      PartNumber,
      ETag,
      ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }),
      ...(ChecksumSHA256 !== undefined && { ChecksumSHA256 }),
    };
  }

  complete(Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) {
    return this.client.send(
      new CompleteMultipartUploadCommand({ ...this.of, MultipartUpload: { Parts }, ...more }),
    );
  }

  list(more: { MaxParts?: number; PartNumberMarker?: string } = {}) {
    return this.client.send(new ListPartsCommand({ ...this.of, ...more }));
  }

  abort() {
    return this.client.send(new AbortMultipartUploadCommand(this.of));
  }
}
