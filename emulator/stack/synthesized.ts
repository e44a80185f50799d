import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { UnsupportedError } from './resource';

const byName = <T extends z.ZodMiniType>(schema: T) => z.record(z.string(), schema);
const body = byName(z.unknown());

/**
 * A stack as CDKTF writes it, in Terraform's JSON syntax:
 * https://developer.hashicorp.com/terraform/language/syntax/json. A section or a setting that is not named
 * here (module, moved, check, validation, ...) is refused.
 */
const stackSchema = z.strictObject({
  '//': z.optional(z.unknown()),
  // Backend, versions and required providers: how the state is kept, not what is deployed.
  terraform: z.optional(z.unknown()),
  provider: byName(z.array(body)),
  resource: z.optional(byName(byName(body))),
  data: z.optional(byName(byName(body))),
  locals: z.optional(body),
  variable: z.optional(
    byName(
      z.strictObject({
        default: z.optional(z.unknown()),
        description: z.optional(z.string()),
        nullable: z.optional(z.boolean()),
        sensitive: z.optional(z.boolean()),
        type: z.optional(z.string()),
      }),
    ),
  ),
  output: z.optional(
    byName(
      z.strictObject({
        value: z.unknown(),
        depends_on: z.optional(z.unknown()),
        description: z.optional(z.string()),
        sensitive: z.optional(z.boolean()),
      }),
    ),
  ),
});

export type SynthesizedStack = z.infer<typeof stackSchema>;

const manifestSchema = z.object({
  stacks: byName(z.object({ workingDirectory: z.optional(z.string()) })),
});

/** The stacks that there are. @throws Error where CDKTF has synthesized nothing */
export const readManifest = (outDir: string): z.infer<typeof manifestSchema> =>
  manifestSchema.parse(JSON.parse(readFileSync(join(outDir, 'manifest.json'), 'utf8')));

/** Where a stack's cdk.tf.json and its assets are. */
export function stackDirectory(outDir: string, stackName: string): string {
  const stacks = existsSync(join(outDir, 'manifest.json')) ? readManifest(outDir).stacks : {};
  return join(outDir, stacks[stackName]?.workingDirectory ?? join('stacks', stackName));
}

/**
 * Reads one stack, its expressions still unresolved.
 * @throws UnsupportedError for what the local run does not read, an Error where there is no such stack
 */
export function readSynthesized(outDir: string, stackName: string): SynthesizedStack {
  const file = join(stackDirectory(outDir, stackName), 'cdk.tf.json');
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read: synthesize the stack "${stackName}" first.`, { cause: error });
  }
  const parsed = z.safeParse(stackSchema, document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UnsupportedError([stackName, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'not readable');
}
