import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversations } from './dataset/fixture';

/** Conversations as Nova is trained with, on disk; a salt makes other content. */
export function datasetFile(records = 8, salt = ''): string {
  const file = join(mkdtempSync(join(tmpdir(), 'finetune-')), 'dataset.jsonl');
  const lines = conversations(records).map((line) => `${line.replaceAll('order', `order${salt}`)}\n`);
  writeFileSync(file, lines.join(''));
  return file;
}
