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
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { askedEnvironment, environmentFile, layOver, valueAt } from '../../constructs/config/environment';
import { ConfigError, parseConfig, readLayers } from '../../constructs/config/read-config';
import { CommandError } from '../command/errors';
import { readJson, readText, unreadable } from '../command/files';

const keySchema = z.object({ name: z.string(), sha256: z.string(), created: z.string() }).readonly();

/** Of `cdktf.json`, what is looked for here; the app's own reader judges the rest. */
const fileSchema = z.object({
  context: z.object({ assistant: z.object({ callers: z.object({ keys: z.array(keySchema) }) }) }),
});

/** Of an environment's file, which may have no keys of its own. */
const environmentSchema = z.looseObject({
  callers: z.looseObject({ keys: z.array(keySchema).optional() }).optional(),
});

export type KeyEntry = z.infer<typeof keySchema>;

const ADVICE = 'Name the folder of this project’s cdktf.json: --in FOLDER.';

/** The list, whose items are flat: it ends at the first bracket. */
const LIST = /("callers"\s*:\s*\{[^]*?"keys"\s*:\s*)\[[^\]]*\]/;

/** Of the list, as the file is formatted. */
const INDENTATION = { base: ' '.repeat(8), environment: ' '.repeat(4) };

const WHAT = { what: 'configuration of this project', advice: ADVICE };

/** The keys in `cdktf.json`, or in the environment's file: its other lines stay as they are. */
export class KeyFile {
  readonly path: string;
  /** Whose own keys are meant, apart from those of `cdktf.json`. */
  readonly environment = askedEnvironment(process.env);

  constructor(private readonly folder: string) {
    const { environment } = this;
    // Of one that is not there, it says which there are.
    if (environment !== undefined) readLayers(process.env, join(folder, 'cdktf.json'));
    this.path = join(folder, environment === undefined ? 'cdktf.json' : environmentFile(environment));
  }

  keys(): readonly KeyEntry[] {
    return this.environment === undefined
      ? readJson(this.path, fileSchema, WHAT).context.assistant.callers.keys
      : (readJson(this.path, environmentSchema, WHAT).callers?.keys ?? []);
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
    const indentation = INDENTATION[this.environment === undefined ? 'base' : 'environment'];
    const list = JSON.stringify(keys, null, 2).replaceAll('\n', `\n${indentation}`);
    const after =
      this.environment !== undefined && !LIST.test(before)
        ? withKeys(before, keys)
        : before.replace(LIST, (_, lead: string) => lead + list);
    try {
      const { callers } = this.check(JSON.parse(after));
      if (isDeepStrictEqual(callers.keys, keys)) return after;
    } catch (error) {
      if (error instanceof ConfigError) throw new CommandError(error.message);
      throw error;
    }
    throw new CommandError(`${this.path} has no list of callers’ keys that can be changed.`);
  }

  /** @throws ConfigError where the file would not be taken with this content */
  private check(value: unknown): AssistantConfig {
    const { environment: name } = this;
    if (name === undefined) return parseConfig(valueAt(value, ['context', 'assistant']));
    const { base } = readLayers({}, join(this.folder, 'cdktf.json'));
    return parseConfig(layOver(base, value, name), { name, file: environmentFile(name), value });
  }
}

/** The first keys of an environment's own; the other lines are as JSON is usually formatted. */
function withKeys(before: string, keys: readonly KeyEntry[]): string {
  const value = JSON.parse(before) as z.infer<typeof environmentSchema>;
  return `${JSON.stringify({ ...value, callers: { ...value.callers, keys } }, null, 2)}\n`;
}
