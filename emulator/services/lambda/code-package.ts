import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { unzipSync } from 'fflate';
import { UnsupportedError } from '../../stack/resource';

/** A function's code, unpacked into a directory of its own. */
export interface CodePackage {
  /** Absolute path. */
  readonly taskRoot: string;
  /** Whether there is nothing in it but one CommonJS module. */
  readonly isOneModule: boolean;
  remove(): void;
}

/**
 * @param zip absolute path
 * @throws UnsupportedError if the zip cannot be read
 */
export function unpack(address: string, zip: string): CodePackage {
  const files = Object.entries(readZip(address, zip)).filter(([name]) => !name.endsWith('/'));
  const outside = files.find(([name]) => normalize(name).startsWith('..'));
  if (outside) throw new UnsupportedError(`${address}.filename`, `${outside[0]} leaves the zip`);
  const taskRoot = mkdtempSync(join(tmpdir(), 'lambda-task-'));
  for (const [name, content] of files) {
    const file = join(taskRoot, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return {
    taskRoot,
    isOneModule: files.length === 1 && files[0]?.[0].endsWith('.js') === true,
    remove: () => {
      rmSync(taskRoot, { recursive: true, force: true });
    },
  };
}

function readZip(address: string, zip: string): Record<string, Uint8Array> {
  try {
    return unzipSync(readFileSync(zip));
  } catch (error) {
    throw new UnsupportedError(`${address}.filename`, `cannot unpack ${zip}: ${String(error)}`);
  }
}
