import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '../../run/start-error';
import { synthesize } from '../../run/synthesize';

const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'start-'));
beforeAll(() => {
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

test.each([
  ['is not there', undefined, 'There is no cdktf.json here'],
  ['is not JSON', '{"app": node}', /^cdktf\.json is not JSON: .*\S$/],
  ['is null', 'null', 'app is missing; allowed: the command to run'],
  ['has no app', '{}', 'app is missing; allowed: the command to run'],
  ['has an app of a wrong type', '{"app": 5}', 'app is 5; allowed: the command to run'],
  [
    'has an output of a wrong type',
    '{"app": "true", "output": []}',
    'output is []; allowed: the name of a folder',
  ],
  ['has an app that fails', '{"app": "echo no region >&2; false"}', /does not synthesize .*:\nno region$/],
])('a cdktf.json that %s ends the start with what to do', async (_, content, said) => {
  rmSync('cdktf.json', { force: true });
  if (content !== undefined) writeFileSync('cdktf.json', content);
  const refusal = synthesize();
  await expect(refusal).rejects.toBeInstanceOf(StartError);
  await expect(refusal).rejects.toThrow(said);
});
