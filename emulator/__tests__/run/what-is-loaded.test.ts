import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const EMULATOR = join(__dirname, '..', '..');

/** The services that a module loads, itself or by what it imports, before anything is called. */
function servicesOf(module: string): ReadonlySet<string> {
  const script = `require(${JSON.stringify(join(EMULATOR, module))}); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const files = JSON.parse(
    execFileSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' }),
  ) as readonly string[];
  // Which faults there are, the client lists, too: these files have nothing else.
  const found = files
    .filter((file) => !file.endsWith('/faults.ts'))
    .flatMap((file) => /\/emulator\/services\/([^/]+)\//.exec(file)?.[1] ?? []);
  return new Set(found);
}

it('a system loads what exists for fine-tuning alone only where there is something to tune', () => {
  const forTuning = ['s3', 'kms', 'sts', 'sagemaker'];
  const system = servicesOf('run/system.ts');
  expect(system).toContain('lambda');
  expect(forTuning.filter((service) => system.has(service))).toEqual([]);
  const mlops = servicesOf('run/mlops/local-mlops.ts');
  expect(forTuning.filter((service) => !mlops.has(service))).toEqual([]);
});

it('a client loads no service', () => {
  expect(servicesOf('control-api/index.ts')).toEqual(new Set());
});
