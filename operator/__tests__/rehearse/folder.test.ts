import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REHEARSAL } from '../../command/project';
import type { RehearsalFolder } from '../../rehearse/folder';
import { Rehearsal } from '../../rehearse/rehearsal';

/** No process has it: Linux gives no greater number than 2^22. */
const NO_PROCESS = 2 ** 22 + 1;

describe('the folder of a rehearsal', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'folder '));
  });

  it.each(['precious.txt', 'cdktf.out', 'cdktf.json'])('is none that has %s of another', (name) => {
    writeFileSync(join(folder, name), '');
    expect(() => new Rehearsal(folder)).toThrow('is no folder of a rehearsal');
    expect(() => new Rehearsal(join(folder, name))).toThrow('is no folder of a rehearsal');
  });

  it('is one from its first moment on, whatever becomes of what is done there', async () => {
    const path = join(folder, 'new');
    await new Rehearsal(path).folder.locked(() => {
      writeFileSync(join(path, 'cdktf.out'), '');
      return Promise.resolve();
    });
    expect(() => new Rehearsal(path)).not.toThrow();
  });

  it('is none where nothing can be written', async () => {
    const act = new Rehearsal('/proc/none').folder.locked(() => Promise.resolve());
    await expect(act).rejects.toThrow('Nothing can be written in /proc/none (ENOENT)');
  });

  it('is named in the commands that it proposes, unless it is the usual one', () => {
    expect(new Rehearsal(folder).folder.command('stop')).toBe(
      `npm run assistant -- rehearse stop --in "${folder}"`,
    );
    expect(new Rehearsal(REHEARSAL).folder.command('stop')).toBe('npm run assistant -- rehearse stop');
  });

  it('knows its stacks, and which of them is not deployed yet', () => {
    writeFileSync(join(folder, 'secrets.json'), '{}');
    mkdirSync(join(folder, 'cdktf.out'));
    writeFileSync(join(folder, 'cdktf.out', 'manifest.json'), JSON.stringify({ stacks: { primary: {} } }));
    const { folder: kept } = new Rehearsal(folder);
    expect(() => {
      kept.requireDeployed('primry');
    }).toThrow('There is no stack "primry"; there are primary.');
    expect(() => {
      kept.requireDeployed('primary');
    }).toThrow('Deploy it first: npm run assistant -- rehearse deploy primary --in');
  });

  /** One that lies there since a command which has begun it. */
  const begun = () => {
    writeFileSync(join(folder, 'rehearsal'), '');
    return new Rehearsal(folder);
  };

  it.each([
    ['its deploy', (other: Rehearsal) => other.folder.locked(() => Promise.resolve())] as const,
    ['its reset', (other: Rehearsal) => other.reset()] as const,
  ])('is one command’s at a time: %s waits for the end of another', async (_, act) => {
    const during = begun().folder.locked(() => act(begun()));
    await expect(during).rejects.toThrow(`Another rehearsal is under way (process ${process.pid})`);
    expect(existsSync(folder)).toBe(true);
    await expect(act(begun())).resolves.toBeUndefined();
  });

  it.each(['', 'x', String(NO_PROCESS)])(
    'is free where a command that was killed has left "%s" as its holder',
    async (holder) => {
      writeFileSync(join(begun().folder.path, 'pid'), holder);
      await expect(begun().folder.locked(() => Promise.resolve('done'))).resolves.toBe('done');
    },
  );

  it.each([
    ['terraform.primary.tfstate', (kept: RehearsalFolder) => kept.hasState('primary')] as const,
    ['secrets.json', (kept: RehearsalFolder) => kept.secrets([])] as const,
  ])('says what to do where a full disk has cut %s short, and can be forgotten then', async (file, read) => {
    const rehearsal = begun();
    for (const each of [file, 'emulator.json']) writeFileSync(join(folder, each), '{"version": 4, "ter');
    expect(() => read(rehearsal.folder)).toThrow(
      /is broken, as a full disk leaves a file\. .*rehearse reset/,
    );
    await rehearsal.reset();
    expect(existsSync(folder)).toBe(false);
  });

  it('is forgotten as a whole', async () => {
    expect(() => new Rehearsal(folder)).not.toThrow();
    expect(() => new Rehearsal(join(folder, 'new'))).not.toThrow();
    mkdirSync(join(folder, 'cdktf.out'));
    writeFileSync(join(folder, 'secrets.json'), '{}');
    await new Rehearsal(folder).reset();
    expect(existsSync(folder)).toBe(false);
  });
});
