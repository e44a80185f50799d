import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../__tests__/support/synthesize';
import { assistantStreams } from '../assistant';

const folder = mkdtempSync(join(tmpdir(), 'json-'));
beforeAll(() => {
  copyFileSync(join(ROOT, 'cdktf.json'), join(folder, 'cdktf.json'));
});

/** Nothing runs there. */
const run = (...args: readonly string[]) => assistantStreams(4_000, ...args, '--json');

test.each([
  ['openapi', [], { openapi: '3.1.0' }],
  ['secret', [], { secret: expect.stringMatching(/^[\w-]{43}$/) as string }],
  [
    'keys',
    ['new', 'shop', '--in', folder],
    {
      name: 'shop',
      key: expect.stringMatching(/^assistant_/) as string,
      sha256: expect.stringMatching(/^[\da-f]{64}$/) as string,
    },
  ],
])('%s prints JSON and nothing else where it is asked for it', async (name, args, shown) => {
  const { code, piped } = await run(name, ...args);
  expect(JSON.parse(piped)).toMatchObject(shown);
  expect(code).toBe(0);
});
