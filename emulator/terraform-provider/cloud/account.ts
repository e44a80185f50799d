import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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

/** A line of the file: a resource as it is from then on, one that is gone, or the last number of a series. */
type Entry =
  StoredResource | { readonly gone: string } | { readonly series: string; readonly number: number };

/** The resources of an AWS account, kept in a file to which each change adds a line. */
export class Account {
  private readonly resources = new Map<string, StoredResource>();
  private readonly numbers = new Map<string, number>();
  /** Whether a line can be added: the last one may have been cut short, by a full disk or the end of a process. */
  private isWhole = false;

  constructor(private readonly file: string) {
    for (const entry of read(file)) this.take(entry);
  }

  /** @param type and region: all of them, where they are left out */
  all(type?: string, region?: string): readonly StoredResource[] {
    return [...this.resources.values()].filter(
      (resource) =>
        (type === undefined || resource.type === type) &&
        (region === undefined || resource.region === region),
    );
  }

  get(type: string, region: string, id: unknown): StoredResource | undefined {
    return this.resources.get(keyOf(type, region, id));
  }

  put(resource: StoredResource): void {
    this.write(resource);
  }

  delete(type: string, region: string, id: unknown): void {
    this.write({ gone: keyOf(type, region, id) });
  }

  /** The next number of a series that goes on when what bore the earlier ones is gone. */
  next(series: string): number {
    const number = (this.numbers.get(series) ?? 0) + 1;
    this.write({ series, number });
    return number;
  }

  /** It is written before Terraform hears of it: a process that is killed loses nothing that stands in a state. */
  private write(entry: Entry): void {
    if (!this.isWhole) this.compact();
    this.isWhole = false;
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
    this.isWhole = true;
    this.take(entry);
  }

  private take(entry: Entry): void {
    if ('gone' in entry) this.resources.delete(entry.gone);
    else if ('series' in entry) this.numbers.set(entry.series, entry.number);
    else this.resources.set(keyOf(entry.type, entry.region, idOf(entry.type, entry.values)), entry);
  }

  /** Writes what is, without what was. */
  private compact(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const series = [...this.numbers].map(([name, number]) => ({ series: name, number }));
    const lines = [...this.resources.values(), ...series].map((entry) => `${JSON.stringify(entry)}\n`);
    // A process that is killed while it writes leaves the old file.
    writeFileSync(`${this.file}.new`, lines.join(''));
    renameSync(`${this.file}.new`, this.file);
  }
}

/** Types that have no `id`, or none that is theirs alone, and by what they are known. */
const KNOWN_BY: Readonly<Record<string, readonly string[]>> = {
  // Its `id` is the time at which the certificate was issued: of two at once, the same.
  aws_acm_certificate_validation: ['certificate_arn'],
  aws_bedrock_guardrail: ['guardrail_id'],
  aws_bedrock_guardrail_version: ['guardrail_arn', 'version'],
};

export const idOf = (type: string, values: Values): string =>
  (KNOWN_BY[type] ?? ['id']).map((name) => String(values[name])).join(':');

const keyOf = (type: string, region: string, id: unknown) => `${region}/${type}/${String(id)}`;

/** What stands after the last end of a line was cut short, and nobody was told of it. */
function read(file: string): readonly Entry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  try {
    return lines.map((line) => JSON.parse(line) as Entry);
  } catch (error) {
    throw new Error(`${file} is no account of a rehearsal: forget it with "rehearse reset".`, {
      cause: error,
    });
  }
}
