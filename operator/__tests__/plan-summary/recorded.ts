import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As the real Terraform wrote them in a rehearsal, without what is not read. */
const PLANS = join(__dirname, 'plans');

/** The names of recorded plans. */
export const RECORDED = readdirSync(PLANS).map((file) => file.replace('.json', ''));

export const recorded = (name: string) => readFileSync(join(PLANS, `${name}.json`), 'utf8');
