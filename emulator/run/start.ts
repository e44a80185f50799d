import { join } from 'node:path';
import { describeFailure, parseOptions, welcome } from './command-line';
import { LocalSystem } from './system';
import { PROJECT, synthesize } from './synthesize';

async function main(): Promise<void> {
  // Its advice is for those who deploy on this Node; the functions are deployed on a newer one.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { quiet, ...options } = parseOptions(process.argv, process.env);
  const outDir = join(PROJECT, 'cdktf.out');
  await synthesize(outDir);
  const system = await LocalSystem.start({
    ...options,
    outDir,
    onLog: (role, source, line) => {
      if (!quiet) process.stdout.write(`[${role} ${source}] ${line}\n`);
    },
  });
  process.stdout.write(welcome(system, options.portBase, options.bedrock));
  const stop = () => {
    // A second Ctrl-C ends what the first could not.
    process.once('SIGINT', () => process.exit(130));
    void system.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
});
