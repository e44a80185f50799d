import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

const STACK = join(__dirname, '..', '..', '..', 'cdktf.out', 'stacks', 'mlops');

/** A remote state may have to be fetched. */
const TIMEOUT_MS = 60_000;

const outputsSchema = z.record(z.string(), z.object({ value: z.unknown() }));

/**
 * The outputs of the mlops stack as Terraform's state has them.
 * @returns by name; undefined where Terraform is not installed, or the stack is not deployed from here
 */
export async function terraformOutputs(
  folder = STACK,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const run = promisify(execFile);
    const { stdout } = await run('terraform', ['output', '-json'], { cwd: folder, timeout: TIMEOUT_MS });
    const outputs = outputsSchema.parse(JSON.parse(stdout));
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, String(value)]));
  } catch {
    return undefined;
  }
}
