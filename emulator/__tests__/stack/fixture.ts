import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStack, type Stack } from '../../stack/stack';

type Json = Readonly<Record<string, unknown>>;

const PROVIDER = 'aws.us-east-1';

/** A stack as CDKTF writes it; every AWS resource gets the stack's provider unless it names one. */
export function synthesized({ resource, data, ...rest }: Record<string, Json>): Json {
  const provided = (section: Json = {}) =>
    Object.fromEntries(
      Object.entries(section).map(([type, byName]) => [
        type,
        Object.fromEntries(
          Object.entries(byName as Json).map(([name, body]) => [
            name,
            { provider: PROVIDER, ...(body as Json) },
          ]),
        ),
      ]),
    );
  return {
    '//': { metadata: { version: '0.21.0' } },
    terraform: { backend: { local: { path: 'terraform.primary.tfstate' } } },
    provider: { aws: [{ alias: 'us-east-1', region: 'us-east-1' }] },
    resource: provided(resource),
    data: provided(data),
    ...rest,
  };
}

/** Writes a stack to a directory of its own, which is gone when `use` returns. */
export function inOutDir<T>(document: Json, use: (outDir: string) => T, name = 'primary'): T {
  const outDir = mkdtempSync(join(tmpdir(), 'synthesized-'));
  try {
    mkdirSync(join(outDir, 'stacks', name), { recursive: true });
    writeFileSync(join(outDir, 'stacks', name, 'cdk.tf.json'), JSON.stringify(document));
    return use(outDir);
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

export const read = (parts: Record<string, Json>, name = 'primary'): Stack =>
  inOutDir(synthesized(parts), (outDir) => readStack(outDir, name), name);
