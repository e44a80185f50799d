import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assistant } from '../assistant';
import { describeRehearsal, rehearse, removeRehearsal } from './rehearse';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'a rehearsal '));
});
afterEach(() => removeRehearsal(folder));

describeRehearsal('a rehearsal that is asked for by mistake', () => {
  test.each([
    [['--from', 'no-such-branch'], 'There is no revision "no-such-branch"'],
    [
      ['prmary', '--from', 'HEAD'],
      'There is no stack "prmary"; there are conversations, mlops, primary, secondary.',
    ],
  ])('of an upgrade (%j) costs nothing of the one before', async (args, said) => {
    mkdirSync(join(folder, 'upgrade'));
    const plan = join(folder, 'upgrade', 'plan.primary.json');
    writeFileSync(join(folder, 'upgrade', 'secrets.json'), '{}');
    writeFileSync(plan, '{}');
    const { code, output } = await rehearse(['upgrade', ...args, '--in', folder]);
    expect(output).toContain(said);
    expect(code).toBe(1);
    expect(existsSync(plan)).toBe(true);
  });

  test('names the stacks that there are, where one is mistaken', async () => {
    const { code, output } = await rehearse(['deploy', 'prmary', '--auto-approve', '--in', folder]);
    expect(output).toContain(
      'There is no stack "prmary"; there are conversations, mlops, primary, secondary.',
    );
    expect(code).toBe(1);
  });

  test('asks for a deployment first, where a state is to be shown', async () => {
    const { code, output } = await rehearse(['state', 'list', 'primary', '--in', folder]);
    expect(output).toContain('rehearse deploy primary');
    expect(code).toBe(1);
  });

  test('asks for a deployed region, where one is to be served', async () => {
    const { code, output } = await rehearse(['serve', '--in', folder]);
    expect(output).toContain('No region is deployed in this rehearsal');
    expect(code).toBe(1);
  });

  test('waits for no other rehearsal in the same folder', async () => {
    writeFileSync(join(folder, 'rehearsal'), '');
    writeFileSync(join(folder, 'pid'), String(process.pid));
    const { code, output } = await rehearse(['deploy', 'primary', '--auto-approve', '--in', folder]);
    expect(output).toContain(`process ${process.pid}`);
    expect(code).toBe(1);
  });
});

describe('rehearse', () => {
  const { PATH = '' } = process.env;
  afterEach(() => {
    process.env.PATH = PATH;
  });
  const inProcess = (...args: readonly string[]) => assistant(0, 'rehearse', ...args, '--in', folder);

  test('asks for Terraform where there is none', async () => {
    process.env.PATH = '/nonexistent';
    const { code, output } = await inProcess('deploy', 'primary');
    expect(output).toMatch(/no "terraform" on the PATH\. Install version 1\.10 or later/);
    expect(code).toBe(1);
  });

  test('asks for an approval beforehand, where there is no terminal to ask at', async () => {
    const { code, output } = await rehearse(['destroy', 'primary', '--in', folder]);
    expect(output).toContain('Add: --auto-approve');
    expect(code).toBe(1);
  });

  test('lets fail only what a stack has', async () => {
    const { code, output } = await inProcess('diff', 'primary', '--fail', 'aws_nope.x=create');
    expect(output).toContain('No stack has aws_nope.x');
    expect(code).toBe(1);
  });

  test('says which form a failure to inject has', async () => {
    const { code, output } = await inProcess('deploy', 'primary', '--fail', 'health=create');
    expect(output).toContain('"health=create" names no failure');
    expect(code).toBe(1);
  });
});
