import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const EMULATOR = join(__dirname, '..', '..');

/** The services that are loaded when modules have been, one after the other, by what they import, before anything is called. */
function servicesWith(...modules: readonly string[]): readonly ReadonlySet<string>[] {
  const files = JSON.stringify(modules.map((module) => join(EMULATOR, module)));
  const script = `console.log(JSON.stringify(${files}.map((file) => (require(file), Object.keys(require.cache)))))`;
  const loaded = JSON.parse(
    execFileSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' }),
  ) as readonly (readonly string[])[];
  return loaded.map(
    (paths) => new Set(paths.flatMap((file) => /\/emulator\/services\/([^/]+)\//.exec(file)?.[1] ?? [])),
  );
}

it('a client loads no service, and a system what exists for fine-tuning alone only where there is something to tune', () => {
  const [client, system, mlops] = servicesWith(
    'control-api/index.ts',
    'run/system.ts',
    'run/mlops/local-mlops.ts',
  );
  const forTuning = ['s3', 'kms', 'sts', 'sagemaker'];
  expect(client).toEqual(new Set());
  expect(system).toContain('lambda');
  expect(forTuning.filter((service) => system?.has(service))).toEqual([]);
  expect(forTuning.filter((service) => !mlops?.has(service))).toEqual([]);
});
