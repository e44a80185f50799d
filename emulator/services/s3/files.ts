import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ALGORITHMS, type Checksum, type ChecksumAlgorithm } from './checksums';

/** Bytes on disk, with what S3 knows of them. */
export interface Content {
  readonly file: string;
  /** bytes */
  readonly size: number;
  readonly md5: Buffer;
  readonly checksum: Checksum;
}

/** The temporary directory that holds the content of objects and of parts, each in a file of its own. */
export class Files {
  private readonly directory = mkdtempSync(join(tmpdir(), 'local-s3-'));

  /**
   * Writes a stream to a new file, which is not left behind where that fails.
   * @param observe sees every piece as it passes
   */
  async write(
    source: AsyncIterable<Uint8Array>,
    algorithm: ChecksumAlgorithm,
    observe: (piece: Uint8Array) => void = () => undefined,
  ): Promise<Content> {
    const file = join(this.directory, randomUUID());
    const md5 = createHash('md5');
    const checksum = ALGORITHMS[algorithm].start();
    let size = 0;
    const measured = async function* () {
      for await (const piece of source) {
        size += piece.length;
        md5.update(piece);
        checksum.update(piece);
        observe(piece);
        yield piece;
      }
    };
    try {
      await pipeline(measured, createWriteStream(file, { flags: 'wx' }));
      const value = Buffer.from(await checksum.digest()).toString('base64');
      return { file, size, md5: md5.digest(), checksum: { algorithm, value } };
    } catch (error) {
      await this.remove(file);
      throw error;
    }
  }

  /** The bytes of several files, one after the other. */
  async *concatenated(files: readonly string[]): AsyncGenerator<Buffer> {
    for (const file of files) yield* createReadStream(file) as AsyncIterable<Buffer>;
  }

  async remove(...files: readonly string[]): Promise<void> {
    await Promise.all(files.map((file) => rm(file, { force: true })));
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
