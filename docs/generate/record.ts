import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_CHANGES, RECORDED } from './key-changes';
import { recordKeyChanges } from './record-key-changes';

/** All keys, or those that are named: `npm run docs:record -- throttle.burst`. */
const named = process.argv.slice(2);

void recordKeyChanges((key) => named.length === 0 || named.includes(key)).then((recorded) => {
  const told = KEY_CHANGES.flatMap(({ key }) => {
    const consequences = recorded[key] ?? RECORDED[key];
    return consequences === undefined ? [] : [[key, consequences] as const];
  });
  writeFileSync(
    join(__dirname, 'key-changes.json'),
    `${JSON.stringify(Object.fromEntries(told), null, 2)}\n`,
  );
});
