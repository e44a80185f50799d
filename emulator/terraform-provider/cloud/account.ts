import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Values } from '../protocol/values';

export interface StoredResource {
  readonly type: string;
  /** `global` for what is of no region. */
  readonly region: string;
  /** What AWS made its ids of. */
  readonly seed: string;
  readonly values: Values;
}

interface AccountFile {
  resources: Record<string, StoredResource>;
  counters: Record<string, number>;
}

/** The resources of an AWS account, kept in a file. */
export class Account {
  private readonly content: AccountFile;

  constructor(private readonly file: string) {
    this.content = read(file) ?? { resources: {}, counters: {} };
  }

  /** @param region where to look; everywhere where it is left out */
  all(type: string, region?: string): readonly StoredResource[] {
    return Object.values(this.content.resources).filter(
      (resource) => resource.type === type && (region === undefined || resource.region === region),
    );
  }

  get(type: string, region: string, id: unknown): StoredResource | undefined {
    return this.content.resources[keyOf(type, region, id)];
  }

  put(resource: StoredResource): void {
    const { type, region, values } = resource;
    this.content.resources[keyOf(type, region, idOf(type, values))] = resource;
    this.save();
  }

  delete(type: string, region: string, id: unknown): void {
    this.content.resources = Object.fromEntries(
      Object.entries(this.content.resources).filter(([key]) => key !== keyOf(type, region, id)),
    );
    this.save();
  }

  /** The next number of a series that goes on when what bore the earlier ones is gone. */
  next(series: string): number {
    const number = (this.content.counters[series] ?? 0) + 1;
    this.content.counters[series] = number;
    return number;
  }

  private save(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    // A process that is killed while it writes leaves the old file.
    writeFileSync(`${this.file}.new`, JSON.stringify(this.content));
    renameSync(`${this.file}.new`, this.file);
  }
}

/** Types that have no `id`, and by what they are known. */
const WITHOUT_ID: Readonly<Record<string, readonly string[]>> = {
  aws_bedrock_guardrail: ['guardrail_id'],
  aws_bedrock_guardrail_version: ['guardrail_arn', 'version'],
};

export const idOf = (type: string, values: Values): string =>
  (WITHOUT_ID[type] ?? ['id']).map((name) => String(values[name])).join(':');

const keyOf = (type: string, region: string, id: unknown) => `${region}/${type}/${String(id)}`;

function read(file: string): AccountFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as AccountFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} is no account of a rehearsal: forget it with "rehearse reset".`, {
      cause: error,
    });
  }
}
