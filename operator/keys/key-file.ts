import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ConfigError, parseConfig } from '../../constructs/config/read-config';
import { CommandError } from '../command/errors';

export interface KeyEntry {
  readonly name: string;
  readonly sha256: string;
  readonly created: string;
}

interface CdktfJson {
  readonly context: { readonly assistant: { readonly callers: { readonly keys: readonly KeyEntry[] } } };
}

/** The list, whose items are flat: it ends at the first bracket. */
const LIST = /("callers": \{[^]*?"keys": )\[[^\]]*\]/;

/** Of the list, as the file is formatted. */
const INDENTATION = ' '.repeat(8);

/** The keys in `cdktf.json`, whose other lines stay as they are. */
export class KeyFile {
  readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, 'cdktf.json');
  }

  keys(): readonly KeyEntry[] {
    return keysIn(this.read());
  }

  /** @throws CommandError for a name, or a number of keys, that the configuration does not take */
  add(key: KeyEntry): void {
    this.write([...this.keys(), key]);
  }

  remove(key: KeyEntry): void {
    this.write(this.keys().filter(({ sha256 }) => sha256 !== key.sha256));
  }

  private write(keys: readonly KeyEntry[]): void {
    const before = this.read();
    const list = JSON.stringify(keys, null, 2).replaceAll('\n', `\n${INDENTATION}`);
    const after = before.replace(LIST, (_, lead: string) => lead + list);
    if (!isDeepStrictEqual(keysIn(after), keys)) {
      throw new CommandError(`${this.path} has no list context.assistant.callers.keys that can be changed.`);
    }
    try {
      parseConfig((JSON.parse(after) as CdktfJson).context.assistant);
    } catch (error) {
      if (error instanceof ConfigError) throw new CommandError(error.message);
      throw error;
    }
    writeFileSync(this.path, after);
  }

  private read(): string {
    return readFileSync(this.path, 'utf8');
  }
}

const keysIn = (text: string): readonly KeyEntry[] =>
  (JSON.parse(text) as CdktfJson).context.assistant.callers.keys;
