import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents } from './documents';

for (const { file, filled } of documents((path) => readFileSync(join(__dirname, '..', '..', path), 'utf8'))) {
  writeFileSync(join(__dirname, '..', '..', file), filled);
}
