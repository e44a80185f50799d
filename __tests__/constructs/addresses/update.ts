import { readFileSync, writeFileSync } from 'node:fs';
import { EVERYTHING } from '../../support/everything';
import { synthesize } from '../../support/synthesize';
import { LEDGER_FILE, problems, readSynthesized, updated, type Ledger } from './ledger';

const app = synthesize();
const everything = synthesize(EVERYTHING);
const synthesized = readSynthesized(app, everything);
for (const each of [app, everything]) each.remove();
const ledger = updated(JSON.parse(readFileSync(LEDGER_FILE, 'utf8')) as Ledger, synthesized);
writeFileSync(LEDGER_FILE, `${JSON.stringify(ledger, null, 2)}\n`);
for (const problem of problems(ledger, synthesized)) console.error(problem);
