import { existsSync } from 'node:fs';
import { EXIT } from '../../command/exit-codes';
import { assistant } from '../assistant';

const NOWHERE = '/nowhere';
const A_FILE = __filename;

describe('a folder that has to be there', () => {
  test.each([
    ...[
      'state-check',
      'teardown',
      'drill deploy',
      'config',
      'keys list',
      'keys new shop',
      'keys revoke shop',
    ],
    ...['stop', 'reset', 'env', 'serve', 'output primary', 'state list primary', 'destroy primary'].map(
      (command) => `rehearse ${command}`,
    ),
  ])('is asked for by `%s` before anything is done', async (line) => {
    for (const [folder, said] of [
      [NOWHERE, 'There is no such folder.'],
      [A_FILE, 'It is no folder.'],
      [`${A_FILE}/below`, 'There is no such folder.'],
    ] as const) {
      const { code, output } = await assistant(0, ...line.split(' '), '--in', folder);
      expect(output).toContain(`argument '${folder}' is invalid. ${said}`);
      expect(code).toBe(EXIT.failed);
    }
    expect(existsSync(NOWHERE)).toBe(false);
  });
});

test('a file of questions has to be there before a tuned model is put to service', async () => {
  const { code, output } = await assistant(0, 'finetune', 'deploy', 'a', '--questions', NOWHERE);
  expect(output).toContain(`argument '${NOWHERE}' is invalid. There is no such file.`);
  expect(code).toBe(EXIT.failed);
});

describe('a file that is written at the end', () => {
  test.each([
    ['models show', '--out'],
    ['finetune deploy a', '--out'],
    ['finetune watch a', '--csv'],
    ['finetune convert a', '--out'],
    ['finetune check a', '--train-out'],
    ['finetune check a', '--validation-out'],
  ])('by `%s %s` needs a folder before anything is begun', async (line, option) => {
    for (const [file, said] of [
      [`${NOWHERE}/file`, `There is no folder ${NOWHERE}.`],
      [__dirname, 'It is a folder.'],
    ] as const) {
      const { code, output } = await assistant(0, ...line.split(' '), option, file);
      expect(output).toContain(`argument '${file}' is invalid. ${said}`);
      expect(code).toBe(EXIT.failed);
    }
  });

  test('so does the report of a drill', async () => {
    const { code, output } = await assistant(0, 'drill', 'region', '--out', A_FILE);
    expect(output).toContain(`Nothing can be written in ${A_FILE} (ENOTDIR). Name another folder.`);
    expect(code).toBe(EXIT.failed);
  });
});

test('rules to be expected are named whole: those that were cut are no other rules', async () => {
  const { code, output } = await assistant(0, 'models', 'deploy', 'a.json', '--expect', '1104d6');
  expect(output).toContain("argument '1104d6' is invalid. It must be 12 hexadecimal digits");
  expect(code).toBe(EXIT.failed);
});
