import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { readSystem, type SystemState } from '../../status/read-system';
import { statusLines } from '../../status/status-command';

const SONNET = 'us.anthropic.claude-sonnet-5-5';

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem();
  process.env.LOCAL_PORT_BASE = String(running.portBase);
});
afterAll(async () => {
  delete process.env.LOCAL_PORT_BASE;
  await running.stop();
});

const region = ({ regions }: SystemState, role: 'primary' | 'secondary') => {
  const found = regions.find((candidate) => candidate.role === role);
  if (!found) throw new Error(`There is no ${role}.`);
  return found;
};

test('counts the answers of callers by tier, and names the rules that they were given by', async () => {
  const before = region(await readSystem(), 'primary').answers;
  const { body } = await running.ask({ question: 'Where is my parcel?' }, 'primary');
  const { answers, configuration } = region(await readSystem(), 'primary');
  expect(body.tier).toBe('primary');
  expect(answers).toEqual({ ...before, primary: before.primary + 1 });
  expect(configuration.answering).toEqual({ source: 'appconfig', version: configuration.deployed.version });
});

test('shows faults in force, and says of a region whose table is away that its circuits are not known', async () => {
  await running.fault({ region: 'secondary', target: 'dynamodb', mode: 'error' });
  const system = await readSystem();
  await running.send('control', 'DELETE', '/faults');
  expect(region(system, 'primary').circuits).toEqual([]);
  expect(region(system, 'secondary').circuits).toMatch(/The service failed/);
  expect(statusLines(system).join('\n')).toMatch(
    /circuits: not known[^]*Faults in force:[^]*secondary[^]*dynamodb[^]*error/,
  );
  expect(statusLines(await readSystem()).at(-1)).toBe('No faults.');
});

test.each(['abc', '65456'])('of a port base that is none, %s, says what one is', async (base) => {
  const before = process.env.LOCAL_PORT_BASE;
  process.env.LOCAL_PORT_BASE = base;
  await expect(readSystem()).rejects.toThrow(
    `LOCAL_PORT_BASE is "${base}". It must be a whole number from 1 to 65455.`,
  );
  process.env.LOCAL_PORT_BASE = before;
});

test('fits a terminal of 80 columns', async () => {
  await running.fault({ model: SONNET, mode: 'error' });
  const lines = statusLines(await readSystem()).flatMap((text) => text.split('\n'));
  await running.send('control', 'DELETE', '/faults');
  expect(lines.filter((line) => line.includes('│') && line.length > 80)).toEqual([]);
});
