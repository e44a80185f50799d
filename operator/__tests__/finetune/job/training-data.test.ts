import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataSource, keyOf } from '../../../finetune/job/training-data';

test.each(['train/a.jsonl', 's3://training/train/a.jsonl'])('%s is the key train/a.jsonl', (reference) => {
  expect(dataSource(reference, 'training', 'training')).toEqual({ use: 'training', key: 'train/a.jsonl' });
});

test.each(['s3://other/train/a.jsonl', 's3://training', 's3://training/'])('%s is refused', (reference) => {
  expect(() => keyOf(reference, 'training')).toThrow('npm run assistant -- finetune upload FILE');
});

test('a file of this machine is meant to be uploaded under the prefix of its use', () => {
  const folder = mkdtempSync(join(tmpdir(), 'finetune-'));
  const file = join(folder, 'mine.jsonl');
  writeFileSync(file, '');
  expect(dataSource(file, 'training', 'b')).toEqual({ use: 'training', key: 'train/mine.jsonl', file });
  expect(dataSource(file, 'validation', 'b')).toMatchObject({ key: 'validation/mine.jsonl' });
  rmSync(folder, { recursive: true });
  expect(() => dataSource(file, 'training', 'b')).toThrow(
    /mine\.jsonl is not there\. Name a file .*: train\/…/,
  );
});
