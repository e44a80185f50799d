import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { circuitTableName, untouched } from '../../../contract/circuit';
import { putCircuit } from '../../../contract/circuit-item';
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

test.each([
  ['bedrok', 'error', /'bedrok' is invalid[^]*Allowed choices are bedrock, dynamodb,/],
  ['bedrock', 'down', /There is no mode down of bedrock: error, throttle,/],
])('a fault %s %s is refused with those that there are', async (target, mode, message) => {
  const { code, output } = await run('fault', 'add', target, mode);
  expect(output).toMatch(message);
  expect(code).toBe(1);
});

test('circuits are opened in the region that answers, and the one that does not is named', async () => {
  await running.fault({ region: 'primary', target: 'dynamodb', mode: 'error' });
  const { code, output } = await run('circuits', 'open', SONNET);
  await running.send('control', 'DELETE', '/faults');
  expect(output).toMatch(
    /secondary \(us-west-2\):[^]*open, forced[^]*primary \(us-east-1\): nothing was changed/,
  );
  expect(code).toBe(2);
  expect((await run('circuits', 'close', SONNET, '--region', 'us-west-2')).code).toBe(0);
});

test('an open circuit whose model nobody has asked for a whole window is shown as the closed one that it counts as', async () => {
  const now = Date.now();
  const failed = { ...untouched(SONNET), version: 1, failedProbes: 2, goodProbes: 1 };
  const circuit = { ...failed, state: 'open', openUntil: now - 30_000, forgottenAt: now - 1 } as const;
  const client = new DynamoDBClient((await running.status()).regions.primary.clients.dynamoDb);
  const table = circuitTableName(shippedConfig().project);
  await client.send(new PutItemCommand(putCircuit(table, circuit, now))).finally(() => {
    client.destroy();
  });
  const { output } = await run('circuits', 'show', '--region', 'us-east-1', '--json');
  const { regions } = JSON.parse(output) as { regions: { circuits: object[] }[] };
  expect(regions[0]?.circuits).toEqual([
    {
      model: SONNET,
      ...{ phase: 'closed', forced: false, failures: 0, failedProbes: 0, goodProbes: 0 },
      probeUnderWay: false,
    },
  ]);
});
