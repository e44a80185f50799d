import { Command } from 'commander';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashOfKey } from '../../../contract/callers';
import { readConfig } from '../../../constructs/config/read-config';
import { CommandError } from '../../command/errors';
import { PROJECT } from '../../command/project';
import { keysCommand } from '../../keys/keys-command';
import { captureOutput } from '../capture-output';

let folder: string;
let output: ReturnType<typeof captureOutput>;
beforeEach(() => {
  output = captureOutput();
  folder = mkdtempSync(join(tmpdir(), 'assistant keys '));
  cpSync(join(PROJECT, 'cdktf.json'), join(folder, 'cdktf.json'));
});
afterEach(() => {
  jest.restoreAllMocks();
});

async function run(...args: readonly string[]): Promise<string> {
  output.clear();
  await keysCommand(new Command()).parseAsync([...args, '--in', folder], { from: 'user' });
  return output.text();
}
const make = async (name: string) => /assistant_\S+/.exec(await run('new', name))?.[0] ?? '';
const text = () => readFileSync(join(folder, 'cdktf.json'), 'utf8');
const keys = () => readConfig({}, join(folder, 'cdktf.json')).callers.keys;

describe('keys', () => {
  it('makes a key, prints it once, and keeps its hash alone', async () => {
    const key = await make('shop');
    expect(key).toMatch(/^assistant_[\w-]{43}$/);
    expect(keys().at(-1)).toMatchObject({ name: 'shop', sha256: hashOfKey(key) });
    expect(text()).not.toContain(key);
    expect(await run('list')).toMatch(new RegExp(`│ shop +│ ${hashOfKey(key).slice(0, 12)} │`));
  });

  it('changes no other line of the configuration', async () => {
    const before = text();
    await run('new', 'shop');
    const [head = '', tail = ''] = before.split(/\n {8}\](?=,\n {8}"limits")/);
    expect(text().startsWith(`${head},\n          {\n            "name": "shop",\n`)).toBe(true);
    expect(text().endsWith(tail)).toBe(true);
    await run('revoke', 'shop', '--yes');
    expect(text()).toBe(before);
  });

  it('has an environment’s own, apart from those of cdktf.json, whose file stays as it is', async () => {
    const before = text();
    cpSync(join(PROJECT, 'environments'), join(folder, 'environments'), { recursive: true });
    const file = join(folder, 'environments', 'development.json');
    const { callers: none, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { callers?: object };
    const environment = { ASSISTANT_ENVIRONMENT: 'development' };
    const { ASSISTANT_ENVIRONMENT: asked } = process.env;
    Object.assign(process.env, environment);
    try {
      expect(await run('list')).toContain('those of cdktf.json are good');
      const [first, second] = [await make('shop'), await make('desk')];
      const own = () => readConfig(environment, join(folder, 'cdktf.json')).callers.keys;
      expect(own().map(({ sha256 }) => sha256)).toEqual([hashOfKey(first), hashOfKey(second)]);
      await run('revoke', 'shop', '--yes');
      expect(own().map(({ name }) => name)).toEqual(['desk']);
    } finally {
      if (asked === undefined) delete process.env.ASSISTANT_ENVIRONMENT;
      else process.env.ASSISTANT_ENVIRONMENT = asked;
    }
    expect(none).toBeUndefined();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(rest);
    expect(text()).toBe(before);
  });

  it('says which environments there are, of one that is not there', async () => {
    cpSync(join(PROJECT, 'environments'), join(folder, 'environments'), { recursive: true });
    const { ASSISTANT_ENVIRONMENT: asked } = process.env;
    process.env.ASSISTANT_ENVIRONMENT = 'develpment';
    try {
      for (const args of [['list'], ['new', 'shop'], ['revoke', 'demo']])
        await expect(run(...args)).rejects.toThrow(
          'there is no environments/develpment.json; there are development, europe.',
        );
    } finally {
      if (asked === undefined) delete process.env.ASSISTANT_ENVIRONMENT;
      else process.env.ASSISTANT_ENVIRONMENT = asked;
    }
  });

  it('leaves the file its mode, and a link to it a link', async () => {
    const [link, file] = [join(folder, 'cdktf.json'), join(folder, 'kept.json')];
    renameSync(link, file);
    symlinkSync(file, link);
    chmodSync(file, 0o606);
    await make('shop');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o606);
    expect(keys().map(({ name }) => name)).toEqual(['demo', 'shop']);
  });

  it('lets a caller have two keys, so that one can follow the other, and takes the oldest back first', async () => {
    const [first, second] = [await make('shop'), await make('shop')];
    const refused = run('new', 'shop');
    await expect(refused).rejects.toThrow(
      'callers.keys.3.name is "shop"; allowed: at most 2 keys of a caller',
    );
    await expect(refused).rejects.not.toThrow(hashOfKey(first));
    await run('revoke', 'shop');
    const own = () => keys().filter(({ name }) => name === 'shop');
    expect(own().map(({ sha256 }) => sha256)).toEqual([hashOfKey(second)]);
    expect(hashOfKey(first)).not.toBe(hashOfKey(second));
  });

  it('takes the only key of a caller back where that is agreed to, or the key itself is named', async () => {
    const hash = hashOfKey(await make('shop')).slice(0, 12);
    const asked = run('revoke', 'shop');
    // Nobody is at a terminal.
    await expect(asked).rejects.toThrow('Nothing was revoked. --yes goes on without asking.');
    expect(output.text()).toMatch(`shop has no other key than ${hash}, made 20`);
    // As of a variable that is not set.
    await expect(run('revoke', 'shop', '')).rejects.toThrow('Nothing was revoked.');
    expect(keys().map(({ name }) => name)).toEqual(['demo', 'shop']);
    await run('revoke', 'shop', hash);
    expect(keys().map(({ name }) => name)).toEqual(['demo']);
  });

  it('takes back the only key of a caller that has limits of its own', async () => {
    await run('new', 'shop');
    writeFileSync(
      join(folder, 'cdktf.json'),
      text().replace('"limits": {', '"limitsOf": { "shop": { "tokensPerDay": 5 } },\n"limits": {'),
    );
    await run('revoke', 'shop', '--yes');
    expect(keys().map(({ name }) => name)).toEqual(['demo']);
  });

  it('finds the list in a file that another formatter has written', async () => {
    writeFileSync(
      join(folder, 'cdktf.json'),
      text().replace('"callers": {', '"callers" : \n{').replace('"keys": [', '"keys":['),
    );
    await make('shop');
    expect(keys().map(({ name }) => name)).toEqual(['demo', 'shop']);
  });

  it('changes nothing while another command changes the file, and says what to do', async () => {
    const before = text();
    const draft = join(folder, 'cdktf.json.new');
    writeFileSync(draft, '');
    await expect(run('new', 'shop')).rejects.toThrow(`Try again; if none is, remove ${draft}.`);
    expect(text()).toBe(before);
    rmSync(draft);
    await run('new', 'shop');
    expect(existsSync(draft)).toBe(false);
  });

  it('takes the key back whose hash is told', async () => {
    await run('new', 'shop');
    const second = await make('shop');
    await run('revoke', 'shop', hashOfKey(second).slice(0, 12));
    expect(keys().some(({ sha256 }) => sha256 === hashOfKey(second))).toBe(false);
  });

  it.each([
    [undefined, 'cdktf.json is not there. Name the folder'],
    ['no', 'cdktf.json is not JSON. Name the folder'],
    ['{"app":"true"}', 'is no configuration of this project: context is missing'],
  ])('says of a file that holds %j what is wrong, and what to name', async (content, said) => {
    rmSync(join(folder, 'cdktf.json'));
    if (content !== undefined) writeFileSync(join(folder, 'cdktf.json'), content);
    for (const args of [['list'], ['new', 'shop']]) {
      const error = await run(...args).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CommandError);
      expect((error as CommandError).message).toContain(said);
    }
  });

  it('has a help that is the same on each machine', () => {
    const help = keysCommand(new Command()).commands.map((leaf) => leaf.helpInformation());
    expect(help.join('')).toContain('this project');
    expect(help.join('')).not.toContain(PROJECT);
  });

  it.each([
    [['new', 'Shop of horrors'], 'allowed: 2 to 32 lower-case letters'],
    [['revoke', 'nobody'], 'There is no such key of nobody'],
  ])('refuses %j, and changes nothing', async (args, said) => {
    const before = text();
    await expect(run(...args)).rejects.toThrow(said);
    expect(text()).toBe(before);
  });
});
