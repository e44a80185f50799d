import { switchTableName } from '../../../contract/evacuation';
import { switchFailure } from '../../evacuate/evacuate-command';
import { assistant, assistantProcess } from '../assistant';
import { EvacuationAdmin } from '../../evacuate/evacuation-admin';
import { PORTS } from '@assistant/emulator';
import { LOCAL_SECRET } from '@assistant/emulator/run';
import { freePortBase, startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { shippedConfig } from '../../../__tests__/support/synthesize';

const evacuate = (portBase: number, ...args: readonly string[]) => assistant(portBase, 'evacuate', ...args);

describe('the evacuation switch', () => {
  let running: RunningSystem;
  beforeAll(async () => {
    running = await startSystem();
  });
  afterAll(() => running.stop());

  /** What Route 53's check of the switch is answered. */
  const evacuation = async () => {
    const { status, body } = await running.send(
      'secondary',
      'GET',
      `/${LOCAL_SECRET}/evacuation`,
      undefined,
      {
        Host: shippedConfig().domain.secondary,
      },
    );
    return { status, body };
  };

  it('is turned by `evacuate primary` and `evacuate return`, and read at the standby’s own name', async () => {
    expect(await evacuation()).toEqual({ status: 404, body: { evacuated: false } });
    expect(await evacuate(running.portBase, 'status')).toEqual({
      code: 0,
      output: 'The primary is not evacuated.\n',
    });

    const on = await evacuate(running.portBase, 'primary');
    expect(on).toMatchObject({ code: 0 });
    expect(on.output).toMatch(/about 30 s .*\n.*within about 90 s the last clients move/);
    expect(await evacuation()).toEqual({ status: 200, body: { evacuated: true } });
    expect((await evacuate(running.portBase, 'status')).output).toMatch(
      /evacuated since 20\d\d-.*evacuate return/,
    );

    const [since] = /since \S+Z/.exec(on.output) ?? [];
    expect((await evacuate(running.portBase, 'primary')).output).toContain(`is evacuated ${since ?? '?'}`);

    expect(await evacuate(running.portBase, 'return')).toMatchObject({ code: 0 });
    expect(await evacuation()).toEqual({ status: 404, body: { evacuated: false } });
  });

  it('is in the standby region alone', async () => {
    await evacuate(running.portBase, 'primary');
    expect((await running.send('primary', 'GET', `/${LOCAL_SECRET}/evacuation`)).status).toBe(404);
    await evacuate(running.portBase, 'return');
  });

  it('that cannot be reached says what to do', async () => {
    const table = switchTableName(shippedConfig().project);
    const { dynamoDb } = (await running.status()).regions.secondary.clients;
    const fault = { region: 'secondary', target: 'dynamodb', mode: 'error' };
    await running.send('control', 'POST', '/faults', JSON.stringify(fault));
    const admin = new EvacuationAdmin(table, dynamoDb);
    const failure: unknown = await admin.evacuate().catch((error: unknown) => error);
    admin.close();
    await running.send('control', 'DELETE', '/faults');
    expect(switchFailure(failure, table, dynamoDb.region)).toMatch(
      /switch in us-west-2 .*could not be reached\. The service failed \(InternalServerError.*run the command again/,
    );
  });

  it('of a system that does not run says so', async () => {
    const base = await freePortBase();
    const { code, output } = await assistantProcess(base, ['evacuate', 'primary']);
    expect(code).toBe(1);
    expect(output).toContain(`Nothing answers on port ${base + PORTS.control}`);
  });
});

describe('a failure of the switch', () => {
  it.each([
    ['ResourceNotFoundException', /npx cdktf deploy/],
    ['AccessDeniedException', /dynamodb:GetItem, PutItem and DeleteItem/],
    ['CredentialsProviderError', /does not need the lost region/],
    ['TimeoutError', /the primary keeps its callers/],
  ])('%s is told with what to do', (name, remedy) => {
    const error = Object.assign(new Error('Something went wrong.'), { name });
    expect(switchFailure(error, 'assistant-switches', 'us-west-2')).toMatch(remedy);
  });
});
