import { setTimeout as sleep } from 'node:timers/promises';
import { circuitTableName } from '../../../contract/circuit';
import { CircuitAdmin } from '../../../operator/circuits/circuit-admin';
import { startSystem, type RunningSystem } from '../../support/local-system';
import { shippedConfig } from '../../support/synthesize';
import { untilHealthy } from '../../support/until-healthy';

const SPEED = 20;

/** Longer than the alarm and Route 53 need to move callers: as many of the canary's questions, three a minute. */
const QUESTIONS = 12;

describe('a caller who uses up what AWS gives the account', () => {
  let running: RunningSystem;
  beforeAll(async () => {
    // Who asks for the models is the canary; at speed, checkers as shipped are most of what a system does.
    const healthCheck = { ...shippedConfig().healthCheck, intervalSeconds: 30 as const };
    running = await startSystem({ healthCheck }, { kind: 'stand-in' }, { speed: SPEED });
    await untilHealthy(running);
  });
  afterAll(() => running.stop());

  it('pages somebody, and moves nobody, where executions are throttled and all callers get errors', async () => {
    const fault = await running.fault({ region: 'primary', target: 'workflow', mode: 'throttle' });
    const pages = () =>
      running.system.regions[0]?.alarms
        .status()
        .filter(({ state }) => state === 'ALARM')
        .map(({ name }) => name);
    while (pages()?.length === 0) {
      expect((await running.ask({ question: 'Hi?' }, 'primary')).status).toBe(503);
      await sleep(200);
    }
    expect(pages()).toEqual([`${shippedConfig().project}-api-fails`]);
    expect((await running.status()).failover.resolvesTo).toBe('primary');
    await running.send('control', 'DELETE', `/faults/${String(fault.body.id)}`);
  });

  it('opens circuits of models that throttle, and moves nobody; models that are away do, their circuits open as they are', async () => {
    await running.fault({ region: 'primary', mode: 'throttle' });
    const notAsked = () =>
      running.logs.filter(
        (line) => line.startsWith('primary') && line.includes('"message":"canary_not_asked"'),
      );
    const { dynamoDb } = (await running.status()).regions.primary.clients;
    const admin = new CircuitAdmin(circuitTableName(shippedConfig().project), dynamoDb);
    let opened = 0;
    // On a busy machine, callers' questions take longer than the canary's clock allows for.
    while (notAsked().length < QUESTIONS || opened < 2) {
      await running.ask({ question: 'Hi?' }, 'primary');
      const open = (await admin.list()).filter(({ phase }) => phase !== 'closed');
      opened = Math.max(opened, open.length);
      await sleep(opened < 2 ? 50 : 500);
    }
    admin.close();
    const models = async () =>
      (await running.status()).history.filter(
        ({ name }) => name === `${shippedConfig().project} primary models`,
      );
    expect(await models()).toEqual([]);

    await running.send('control', 'DELETE', '/faults');
    await running.fault({ region: 'primary', mode: 'unavailable' });
    while ((await models()).length === 0) await sleep(100);
    expect(await models()).toMatchObject([{ healthy: false }]);
  });
});
