import { setTimeout as delay } from 'node:timers/promises';
import { PORTS } from '@assistant/emulator';
import { freePortBase, startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { assistant } from '../assistant';
import { onTerminal, widthOf } from '../terminal';

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem();
  // A cold start may take a busy machine longer than a health check waits.
  for (const role of ['primary', 'secondary'] as const)
    while ((await running.send(role, 'GET', '/health')).status !== 200) await delay(100);
});
afterAll(() => running.stop());
afterEach(() => running.send('control', 'DELETE', '/faults'));

interface Result {
  readonly endpoint: string;
  readonly check: string;
  readonly passed: boolean;
  readonly seen: string;
}

async function smoke(...args: readonly string[]) {
  const { code, output } = await assistant(running.portBase, 'smoke', '--json', ...args);
  const results = JSON.parse(output.slice(0, output.lastIndexOf(']') + 1)) as readonly Result[];
  return { code, results, failed: results.filter(({ passed }) => !passed) };
}

test('asks every name, and tells in a table of 80 columns what answered', async () => {
  const { code, output } = await onTerminal(80, () => assistant(running.portBase, 'smoke'));
  expect(widthOf(output)).toBeLessThanOrEqual(80);
  expect(output).not.toContain('FAILED');
  expect(output).toMatch(/secondary[^]*stream[^]*us-west-2/);
  expect(code).toBe(0);
});

test('finds a region whose models are dead by what it is asked, and by no more', async () => {
  await running.fault({ region: 'secondary', target: 'bedrock', mode: 'error' });
  const { code, results, failed } = await smoke();
  expect(failed.map(({ endpoint, check, seen }) => [endpoint, check, seen])).toEqual([
    ['secondary', 'question', 'No model answers.'],
    ['secondary', 'stream', 'No model answers.'],
  ]);
  expect(results).toHaveLength(18);
  expect(code).toBe(4);
});

test('says of a wrong key what was refused, and never shows it', async () => {
  process.env.ASSISTANT_KEY = 'not-a-key-of-anybody';
  try {
    const { code, output } = await assistant(running.portBase, 'smoke', '--names', 'primary');
    expect(output).toMatch(/The status is 401\s+│?\s*unauthorized|401 unauthorized/);
    expect(output).toContain('export ASSISTANT_KEY');
    expect(output).not.toContain('not-a-key-of-anybody');
    expect(code).toBe(4);
    const rules = 'contract/default-model-config.json';
    const tried = await assistant(running.portBase, 'models', 'try', rules);
    expect(tried).toEqual({
      code: 1,
      output: expect.stringMatching(/^The key is refused \(401\)/) as string,
    });
  } finally {
    delete process.env.ASSISTANT_KEY;
  }
});

test('says that nothing runs where nothing does, as every command, and nothing of the names', async () => {
  const base = await freePortBase();
  const { code, output } = await assistant(base, 'smoke');
  expect(output).toContain(`Nothing answers on port ${base + PORTS.control}`);
  expect(output).not.toContain('FAILED');
  expect(code).toBe(1);
});

test('says of a region that is down that it does not answer', async () => {
  await running.fault({ region: 'secondary', target: 'region', mode: 'down' });
  const { code, results } = await smoke('--names', 'secondary');
  for (const { seen } of results) expect(seen).toMatch(/^The service did not answer \(.*\)\.$/);
  expect(code).toBe(4);
});

test('says of an address where nothing answers that nothing does', async () => {
  const nobody = `http://127.0.0.1:${running.portBase + 40}`;
  const { code, output } = await assistant(running.portBase, 'smoke', '--url', nobody);
  expect(output.replaceAll(/[\s│]+/g, ' ')).toMatch(/health FAILED .*did not answer.*ECONNREFUSED/);
  expect(output).toContain('6 of 6 checks failed.');
  expect(code).toBe(4);
});

test.each([
  [['--target', 'aws'], /export ASSISTANT_KEY/],
  [['--names', 'tertiary'], /no name tertiary: failover, primary, secondary/],
  [['--url', 'assistant.example.com'], /must be an address/],
])('refuses %j before anything is asked', async (args, message) => {
  const { code, output } = await assistant(running.portBase, 'smoke', ...args);
  expect(output).toMatch(message);
  expect(code).toBe(1);
});
