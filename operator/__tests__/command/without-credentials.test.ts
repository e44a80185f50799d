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
