import { CommandError, describeError } from './command/errors';
import { EXIT } from './command/exit-codes';
import { note } from './command/output';
import { createProgram } from './program';

// Its advice is for those who deploy on this Node; this command only runs on it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

async function main(args: readonly string[]): Promise<void> {
  const program = await createProgram((name) => args.find((word) => !word.startsWith('-')) === name);
  await program.parseAsync(args, { from: 'user' });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  note(error instanceof CommandError ? error.message : describeError(error));
  process.exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
});
