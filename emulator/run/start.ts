import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from '../control-api/control-server';
import { parseOptions } from './command-line';
import { requireFreePorts } from '../control-api/ports';
import { describeFailure, modelWarnings, regionWarnings, welcome } from './welcome';
import { synthesize } from './synthesize';

/** Seconds since the process began: its loading is part of the wait. */
const say = (what: string): void => {
  process.stdout.write(`${(performance.now() / 1_000).toFixed(1).padStart(5)} s  ${what}\n`);
};

async function main(): Promise<void> {
  const { quiet, stacks, page, tryBody, tryHeader, ...options } = parseOptions(process.argv, process.env);
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
    ...(page !== undefined && { page: loadedPage(page, options.portBase) }),
    onProgress: say,
    onLog: (role, source, line) => {
      const isOfRegion = role !== undefined;
      if (!quiet || !isOfRegion) process.stdout.write(`[${isOfRegion ? `${role} ` : ''}${source}] ${line}\n`);
    },
  });
  const all = [...warnings, ...(await regionWarnings(options.bedrock, system.regions))];
  process.stdout.write(welcome(system, { ...options, page, tryBody, tryHeader, warnings: all }));
  const stop = () => {
    // A second Ctrl-C ends what the first could not.
    process.once('SIGINT', () => process.exit(130));
    void system.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** Loaded when somebody first looks: a start does not wait for it. */
function loadedPage(module: string, portBase: number): Page {
  // By which the page, a client like others, finds the system.
  process.env.LOCAL_PORT_BASE = String(portBase);
  let loaded: Promise<{ readonly handle: Page }> | undefined;
  return (request, response) => {
    loaded ??= import(pathToFileURL(resolve(module)).href) as Promise<{ readonly handle: Page }>;
    loaded.then(
      ({ handle }) => {
        handle(request, response);
      },
      (error: unknown) => {
        process.stderr.write(`The page ${module} cannot be loaded: ${describeFailure(error)}\n`);
        // As the control port says what it refuses.
        const refusal = { error: { code: 'internal_error', message: 'The page cannot be loaded.' } };
        response.writeHead(500, { 'Content-Type': 'application/json' }).end(JSON.stringify(refusal));
      },
    );
  };
}

main().catch((error: unknown) => {
  // Not by exitCode: whatever is left over of a failed start is not to keep the process.
  process.stderr.write(`${describeFailure(error)}\n`, () => process.exit(1));
});
