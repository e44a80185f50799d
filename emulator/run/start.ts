import { parseOptions } from './command-line';
import { requireFreePorts } from '../control-api/free-ports';
import { modelWarnings } from './model-warnings';
import { synthesize } from './synthesize';
import { describeFailure, welcome } from './welcome';

/** Seconds since the process began: its loading is part of the wait. */
const say = (what: string): void => {
  process.stdout.write(`${(performance.now() / 1_000).toFixed(1).padStart(5)} s  ${what}\n`);
};

async function main(): Promise<void> {
  const { quiet, stacks, tryBody, tryHeader, ...options } = parseOptions(process.argv, process.env);
  // Its advice is for those who deploy on this Node; the functions are deployed on a newer one.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  await requireFreePorts(options.portBase);
  if (stacks === undefined) say('Synthesizing the stacks …');
  const [outDir, { LocalSystem }, warnings] = await Promise.all([
    stacks ?? synthesize(),
    // While another process is at work.
    import('./system.ts'),
    modelWarnings(options.bedrock),
  ]);
  const system = await LocalSystem.start({
    ...options,
    outDir,
    onProgress: say,
    onLog: (role, source, line) => {
      if (!quiet) process.stdout.write(`[${role} ${source}] ${line}\n`);
    },
  });
  process.stdout.write(welcome(system, { ...options, tryBody, tryHeader, warnings }));
  const stop = () => {
    // A second Ctrl-C ends what the first could not.
    process.once('SIGINT', () => process.exit(130));
    void system.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  // Not by exitCode: whatever is left over of a failed start is not to keep the process.
  process.stderr.write(`${describeFailure(error)}\n`, () => process.exit(1));
});
