import { assistant } from '../assistant';

const NOT_FOUND = 'No AWS credentials were found';

beforeAll(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
});

/** Nothing listens there, and nobody is to ask. */
const run = (...args: readonly string[]) => assistant(4_000, ...args, '--target', 'aws');

test('trace says of no region that nothing was recorded where none was read', async () => {
  const { code, output } = await run('trace');
  expect(output).not.toContain('was recorded');
  expect(output).toContain(NOT_FOUND);
  expect(code).toBe(1);
});

test.each([
  [['circuits', 'show'], 'read'],
  [['models', 'show'], 'read'],
  [['trace'], 'read'],
  [['preflight'], 'read'],
  [['circuits', 'open', 'a.model', '--force'], 'changed'],
])('%j names each region, and that nothing was %s there', async (args, purpose) => {
  const { code, output } = await run(...args);
  expect(output.trimEnd().split('\n')).toEqual([
    expect.stringContaining(`primary (us-east-1): nothing was ${purpose}. ${NOT_FOUND}`),
    expect.stringContaining(`secondary (us-west-2): nothing was ${purpose}. ${NOT_FOUND}`),
  ]);
  expect(output).not.toMatch(/^\n/);
  expect(code).toBe(1);
});
