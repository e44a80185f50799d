import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { assistant } from '../assistant';

const SONNET = 'us.anthropic.claude-sonnet-5-5';

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem();
});
afterAll(() => running.stop());

const run = (...args: readonly string[]) => assistant(running.portBase, ...args);

test.each([
  [['circuits', 'open', 'no.such-model']],
  [['fault', 'add', 'bedrock', 'error', '--model', 'no.such-model']],
])('%j is refused with the models that the rules name', async (args) => {
  const { code, output } = await run(...args);
  expect(output).toMatch(
    /No rule in us-[a-z]+-\d names the model no\.such-model[^]*us\.anthropic\.[^]*--force/,
  );
  expect(code).toBe(1);
});

test('circuits are opened in the region that answers, and the one that does not is named', async () => {
  await running.fault({ region: 'primary', target: 'dynamodb', mode: 'error' });
  const { code, output } = await run('circuits', 'open', SONNET);
  await running.send('control', 'DELETE', '/faults');
  expect(output).toMatch(
    /secondary \(us-west-2\):[^]*open, forced[^]*primary \(us-east-1\): nothing was done/,
  );
  expect(code).toBe(2);
  expect((await run('circuits', 'close', SONNET, '--region', 'us-west-2')).code).toBe(0);
});
