import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { switchTableName } from '../../../contract/evacuation';
import { describeSwitchFailure } from '../../evacuate/describe-failure';
import { EvacuationAdmin } from '../../evacuate/evacuation-admin';
import { PORTS } from '@assistant/emulator';
import { freePortBase, startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { ROOT, shippedConfig } from '../../../__tests__/support/synthesize';

/** Runs `npm run evacuate --` with these arguments. */
function evacuate(portBase: number, ...args: readonly string[]) {
  const script = join(ROOT, 'operator', 'evacuate', 'main.ts');
  return new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(
      process.execPath,
      ['--no-warnings', '--import', 'tsx', script, ...args],
      { cwd: ROOT, env: { ...process.env, LOCAL_PORT_BASE: String(portBase) } },
      (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, output: stdout + stderr });
      },
    );
  });
}

describe('the evacuation switch', () => {
  let running: RunningSystem;
  beforeAll(async () => {
    running = await startSystem();
  }, 30_000);
  afterAll(() => running.stop());

  /** What Route 53's check of the switch is answered. */
  const evacuation = async () => {
    const { status, body } = await running.send('secondary', 'GET', '/evacuation', undefined, {
      Host: shippedConfig().domain.secondary,
    });
    return { status, body };
  };

  it('is turned by `npm run evacuate`, and read at the standby’s own name', async () => {
    expect(await evacuation()).toEqual({ status: 404, body: { evacuated: false } });
    expect(await evacuate(running.portBase, 'status')).toEqual({
      code: 0,
      output: 'The primary is not evacuated.\n',
    });

    const on = await evacuate(running.portBase, 'primary');
    expect(on).toMatchObject({ code: 0 });
    expect(on.output).toMatch(/about 30 s .*\n.*within about 90 s the last clients move/);
    expect(await evacuation()).toEqual({ status: 200, body: { evacuated: true } });
    expect((await evacuate(running.portBase)).output).toMatch(/evacuated since 20\d\d-.*--return/);

    expect(await evacuate(running.portBase, '--return')).toMatchObject({ code: 0 });
    expect(await evacuation()).toEqual({ status: 404, body: { evacuated: false } });
  }, 30_000);

  it('is in the standby region alone', async () => {
    await evacuate(running.portBase, 'primary');
    expect((await running.send('primary', 'GET', '/evacuation')).status).toBe(404);
    await evacuate(running.portBase, '--return');
  }, 30_000);

  it('that cannot be reached says what to do', async () => {
    const table = switchTableName(shippedConfig().project);
    const { dynamoDb } = (await running.status()).regions.secondary.clients;
    const fault = { region: 'secondary', target: 'dynamodb', mode: 'error' };
    await running.send('control', 'POST', '/faults', JSON.stringify(fault));
    const admin = new EvacuationAdmin(table, dynamoDb);
    const failure: unknown = await admin.evacuate().catch((error: unknown) => error);
    admin.close();
    await running.send('control', 'DELETE', '/faults');
    expect(describeSwitchFailure(failure, table, dynamoDb.region)).toMatch(
      /switch in us-west-2 .*could not be reached\. InternalServerError: .*\nTry again/,
    );
  });

  it('of a system that does not run says so', async () => {
    const base = await freePortBase();
    const { code, output } = await evacuate(base, 'primary');
    expect(code).toBe(1);
    expect(output).toContain(`Nothing answers on port ${base + PORTS.control}`);
  }, 30_000);
});

describe('a failure of the switch', () => {
  it.each([
    ['ResourceNotFoundException', /npx cdktf deploy secondary/],
    ['AccessDeniedException', /dynamodb:GetItem, PutItem and DeleteItem/],
    ['CredentialsProviderError', /does not need the lost region/],
    ['TimeoutError', /the primary keeps its callers/],
  ])('%s is told with what to do', (name, remedy) => {
    const error = Object.assign(new Error('Something went wrong.'), { name });
    expect(describeSwitchFailure(error, 'assistant-switches', 'us-west-2')).toMatch(remedy);
  });
});
