import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a judge model is told, as its system prompt. */
export const RUBRIC = readFileSync(join(__dirname, 'rubric.md'), 'utf8');
