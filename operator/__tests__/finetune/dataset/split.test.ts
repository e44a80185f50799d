import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sideOf } from '../../../finetune/dataset/split/split-writer';
import { checkText, conversations, model } from './fixture';

const NOVA = model('amazon.nova-micro-v1:0:128k');
let folder: string;
let paths: { readonly trainingFile: string; readonly validationFile: string };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'split-'));
  paths = { trainingFile: join(folder, 'train.jsonl'), validationFile: join(folder, 'validation.jsonl') };
});

const file = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const both = () => [linesOf(paths.trainingFile), linesOf(paths.validationFile)] as const;
const split = (lines: readonly string[], seed = 1, share = 0.2) =>
  checkText(file(lines), { model: NOVA, split: { share, seed, ...paths } });

describe('a split', () => {
  it('puts every record on one side, in order', async () => {
    const lines = conversations(200);
    const { split: report } = await split(lines);
    const [training, validation] = both();
    expect(lines.filter((line) => training.includes(line))).toEqual(training);
    expect(lines.filter((line) => !training.includes(line))).toEqual(validation);
    expect(report).toMatchObject({
      written: true,
      training: { records: training.length },
      validation: { records: validation.length },
    });
  });

  it('is the same for a seed, and another for another', async () => {
    const lines = conversations(100);
    const validationFor = async (seed: number) => {
      await split(lines, seed);
      return linesOf(paths.validationFile);
    };
    const first = await validationFor(1);
    expect(await validationFor(1)).toEqual(first);
    expect(await validationFor(2)).not.toEqual(first);
  });

  it('keeps copies on one side, so that nothing is validated on what was trained', async () => {
    const lines = conversations(50);
    await split([...lines, ...lines.map((line) => line.replaceAll(':', ': '))]);
    const [training, validation] = both().map((side) => side.map((line) => line.replaceAll(': ', ':')));
    expect(training?.filter((line) => validation?.includes(line))).toEqual([]);
    expect((training?.length ?? 0) + (validation?.length ?? 0)).toBe(100);
  });

  it('takes about the share that is asked for, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (seed, share) => {
        const sides = Array.from({ length: 2_000 }, (_, index) => sideOf(`record ${index}`, seed, share));
        const actual = sides.filter((side) => side === 'validation').length / sides.length;
        // More than five standard deviations of a binomial share.
        expect(Math.abs(actual - share)).toBeLessThan(0.06);
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it.each([
    ['problems', ['{', ...conversations(20)], 0.2],
    ['too few records left for training', conversations(9), 0.9],
    ['none for validation', conversations(9), 0.000_001],
  ])('leaves what stood there, and nothing half done, with %s', async (_, lines, share) => {
    writeFileSync(paths.trainingFile, 'before');
    const { split: report, problems } = await split(lines, 1, share);
    expect(problems.total).toBe(1);
    expect(report).toMatchObject({ written: false });
    expect(readFileSync(paths.trainingFile, 'utf8')).toBe('before');
    expect([paths.validationFile, `${paths.trainingFile}.partial`].filter(existsSync)).toEqual([]);
  });

  it('says where it cannot be written', async () => {
    paths = { ...paths, validationFile: join(folder, 'none', 'validation.jsonl') };
    await expect(split(conversations(20))).rejects.toThrow('The split cannot be written: ENOENT');
    expect(existsSync(paths.trainingFile)).toBe(false);
  });
});
