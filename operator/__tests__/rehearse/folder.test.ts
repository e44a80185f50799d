import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REHEARSAL } from '../../command/project';
import { Rehearsal } from '../../rehearse/rehearsal';

describe('the folder of a rehearsal', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'folder '));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
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

  it('is forgotten as a whole', async () => {
    expect(() => new Rehearsal(folder)).not.toThrow();
    expect(() => new Rehearsal(join(folder, 'new'))).not.toThrow();
    mkdirSync(join(folder, 'cdktf.out'));
    writeFileSync(join(folder, 'secrets.json'), '{}');
    await new Rehearsal(folder).reset();
    expect(existsSync(folder)).toBe(false);
  });
});
