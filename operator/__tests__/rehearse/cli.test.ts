import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireTerraform, runCli } from '../../rehearse/cli';

describe('the CLIs of a rehearsal', () => {
  let folder: string;
  const { PATH } = process.env;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clis '));
  });
  afterEach(() => {
    process.env.PATH = PATH;
  });

  const version = (number: string) =>
    `echo '{\n  "terraform_version": "${number}",\n  "platform": "linux_amd64"\n}'; echo A warning. >&2`;

  const withTerraform = (script: string) => {
    writeFileSync(join(folder, 'terraform'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'terraform'), 0o755);
    process.env.PATH = `${folder}:${PATH ?? ''}`;
  };

  it.each(['1.10.0', '1.11.4', '1.10.0-rc1', '2.0.0'])('take Terraform %s', (number) => {
    withTerraform(version(number));
    expect(requireTerraform).not.toThrow();
  });

  it.each([
    [version('1.9.8'), 'that on the PATH is 1.9.8. Install version 1.10 or later'],
    [version('0.15.5'), 'that on the PATH is 0.15.5'],
    ['echo Not for this machine. >&2; exit 126', '"terraform version" says "Not for this machine."'],
    ['exit 1', '"terraform version" says ""'],
  ])('refuse another before anything is done: %s', (script, message) => {
    withTerraform(script);
    expect(requireTerraform).toThrow(message);
  });

  it('refuse to go on without one', () => {
    process.env.PATH = folder;
    expect(requireTerraform).toThrow('there is no "terraform" on the PATH');
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'are interrupted, and come to their own end, where %s asks the command alone for its end',
    async (signal) => {
      const file = join(folder, 'said');
      const cli = `process.on('SIGINT', () => { require('fs').appendFileSync(process.argv[1], ' interrupted'); clearInterval(on); });
        const on = setInterval(() => undefined, 1000); require('fs').writeFileSync(process.argv[1], 'begun');`;
      const ended = runCli(process.execPath, ['-e', cli, file], folder, process.env, []);
      while (!existsSync(file) || readFileSync(file, 'utf8') !== 'begun') await sleep(20);
      process.emit(signal, signal);
      // It ends with 0 itself, as cdktf does in the middle of a destroy.
      await expect(ended).resolves.toBe(130);
      expect(readFileSync(file, 'utf8')).toBe('begun interrupted');
    },
  );
});
