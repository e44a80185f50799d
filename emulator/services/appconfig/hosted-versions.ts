import { conflict } from './errors';
import { checkDescription, checkSize } from './validation';

/** One version of a profile's content in AppConfig's own store; validators have not seen it before a deployment. */
export interface HostedVersion {
  readonly number: number;
  readonly content: string;
  readonly description?: string;
}

interface NewVersion {
  readonly content: string;
  readonly description?: string | undefined;
  /** Number that the latest version must have: nobody else has written since it was read. */
  readonly latestNumber?: number | undefined;
}

/** The versions of one configuration profile. */
export class HostedVersions {
  private readonly versions: HostedVersion[];

  constructor(seed: HostedVersion) {
    checkSize(seed.content);
    this.versions = [seed];
  }

  /** The newest first. */
  list(): readonly HostedVersion[] {
    return [...this.versions].reverse();
  }

  find(number: number): HostedVersion | undefined {
    return this.versions.find((version) => version.number === number);
  }

  /** @throws BadRequestError for the description, AwsError PayloadTooLargeException, ConflictException for the latest number */
  create({ content, description, latestNumber }: NewVersion): HostedVersion {
    checkSize(content);
    checkDescription(description);
    // The number of one that was deleted is given again; whether AppConfig does so is not documented.
    const latest = Math.max(0, ...this.versions.map(({ number }) => number));
    if (latestNumber !== undefined && latestNumber !== latest) {
      throw conflict(`The latest version is ${latest}, not ${latestNumber}. Read it, then try again.`);
    }
    const version = { number: latest + 1, content, ...(description !== undefined && { description }) };
    this.versions.push(version);
    return version;
  }

  /** @returns whether there was such a version */
  delete(number: number): boolean {
    const index = this.versions.findIndex((version) => version.number === number);
    if (index >= 0) this.versions.splice(index, 1);
    return index >= 0;
  }
}
