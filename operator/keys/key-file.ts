import {
  closeSync,
  fchmodSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { ConfigError, parseConfig } from '../../constructs/config/read-config';
import { CommandError } from '../command/errors';
import { readJson, readText, unreadable } from '../command/files';

const keySchema = z.object({ name: z.string(), sha256: z.string(), created: z.string() }).readonly();

/** Of `cdktf.json`, what is looked for here; the app's own reader judges the rest. */
const fileSchema = z.object({
  context: z.object({ assistant: z.object({ callers: z.object({ keys: z.array(keySchema) }) }) }),
});

export type KeyEntry = z.infer<typeof keySchema>;

const ADVICE = 'Name the folder of this project’s cdktf.json: --in FOLDER.';

/** The list, whose items are flat: it ends at the first bracket. */
const LIST = /("callers"\s*:\s*\{[^]*?"keys"\s*:\s*)\[[^\]]*\]/;

/** Of the list, as the file is formatted. */
const INDENTATION = ' '.repeat(8);

/** The keys in `cdktf.json`, whose other lines stay as they are. */
export class KeyFile {
  readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, 'cdktf.json');
  }

  keys(): readonly KeyEntry[] {
    const what = 'configuration of this project';
    return readJson(this.path, fileSchema, { what, advice: ADVICE }).context.assistant.callers.keys;
  }

  /** @throws CommandError for a name, or a number of keys, that the configuration does not take */
  add(key: KeyEntry): void {
    this.change((keys) => [...keys, key]);
  }

  remove(key: KeyEntry): void {
    this.change((keys) => keys.filter(({ sha256 }) => sha256 !== key.sha256));
  }

  /** What is written takes the file's place whole, with its mode; until then it keeps others from changing it. */
  private change(changed: (keys: readonly KeyEntry[]) => readonly KeyEntry[]): void {
    const path = this.target();
    const draft = `${path}.new`;
    const opened = this.open(draft);
    try {
      writeFileSync(opened, this.textWith(changed(this.keys())));
      fchmodSync(opened, statSync(path).mode);
      renameSync(draft, path);
    } catch (error) {
      rmSync(draft);
      throw error;
    } finally {
      closeSync(opened);
    }
  }

  /** The file itself: a link to it stays one. */
  private target(): string {
    try {
      return realpathSync(this.path);
    } catch (error) {
      throw unreadable(this.path, error, ADVICE);
    }
  }

  private open(draft: string): number {
    try {
      return openSync(draft, 'wx');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw error;
      throw new CommandError(
        `Another command is changing ${this.path}. Try again; if none is, remove ${draft}.`,
      );
    }
  }

  private textWith(keys: readonly KeyEntry[]): string {
    const before = readText(this.path, ADVICE);
    const list = JSON.stringify(keys, null, 2).replaceAll('\n', `\n${INDENTATION}`);
    const after = before.replace(LIST, (_, lead: string) => lead + list);
    const { assistant } = (JSON.parse(after) as z.infer<typeof fileSchema>).context;
    if (!isDeepStrictEqual(assistant.callers.keys, keys)) {
      throw new CommandError(`${this.path} has no list context.assistant.callers.keys that can be changed.`);
    }
    try {
      parseConfig(assistant);
    } catch (error) {
      if (error instanceof ConfigError) throw new CommandError(error.message);
      throw error;
    }
    return after;
  }
}
