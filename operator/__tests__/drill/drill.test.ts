import { AppConfigClient, ListHostedConfigurationVersionsCommand } from '@aws-sdk/client-appconfig';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { untilHealthy } from '../../../__tests__/support/until-healthy';
import { ModelConfigChange } from '../../drill/deployment';
import { ModelConfigStore } from '../../model-config/deployed-model-config';
import { measure } from '../../drill/measure';
import { Narrator } from '../../drill/narrator';
import { drillPlan } from '../../drill/plan';
import { runDrill } from '../../drill/run-drill';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from '../../drill/scenario';
import { localTarget } from '../../drill/target';
import { verdicts } from '../../drill/verdict';

const SPEED = 10;

/** Circuits keep to the machine's own time: theirs is divided by the speed, too. */
const circuit = { ...shippedConfig().circuit };
circuit.openSeconds /= SPEED;
circuit.maxOpenSeconds /= SPEED;

/** What a busy machine may be late by, in emulated seconds: its delays are multiplied by the speed, too. */
const LATENESS_SECONDS = 6 * SPEED;

/** Emulated seconds of traffic on either side of what is measured: enough for several requests. */
const SHORT = { baselineSeconds: 10, holdSeconds: 10 };

describe('a failover drill', () => {
  let running: RunningSystem;
  beforeAll(async () => {
    running = await startSystem({ circuit }, { kind: 'stand-in' }, { speed: SPEED });
    process.env.LOCAL_PORT_BASE = String(running.portBase);
  });
  // A drill begins on a quiet day.
  beforeEach(() => untilHealthy(running));
  afterAll(() => running.stop());

  async function hold(scenario: ScenarioName) {
    const target = await localTarget(scenario);
    const plan = { ...drillPlan(scenario, { ...shippedConfig(), circuit }, SPEED), ...SHORT };
    const narrator = new Narrator(
      () => target.time.now(),
      () => undefined,
    );
    const { signal } = new AbortController();
    try {
      const log = await runDrill({ scenario, target, plan, rate: 2, narrator, signal });
      const promises = {
        moveSeconds: plan.moveSeconds + LATENESS_SECONDS,
        returnSeconds: plan.returnSeconds + LATENESS_SECONDS,
      };
      const measurement = measure(log, promises.moveSeconds * 1_000);
      return { log, measurement, broken: verdicts(measurement, promises).filter(({ held }) => !held) };
    } finally {
      await target.close();
    }
  }

  it('of a deployment takes its ModelConfig back, and leaves no version that would keep a profile from being destroyed', async () => {
    const config = shippedConfig();
    const inForce = async () =>
      Object.values((await running.status()).regions).map(({ appConfig }) => appConfig);
    const before = await inForce();
    const change = await ModelConfigChange.prepare(config);
    await change.deploy();
    expect(await inForce()).not.toEqual(before);
    await change.takeBack();
    change.close();
    expect(await inForce()).toEqual(before);
    for (const { region, clients } of Object.values((await running.status()).regions)) {
      const { client, ids } = await ModelConfigStore.open(
        new AppConfigClient(clients.appConfig),
        region,
        config,
      );
      const { Items = [] } = await client.send(new ListHostedConfigurationVersionsCommand(ids));
      expect(Items.map(({ VersionNumber }) => VersionNumber)).toEqual([1]);
      client.destroy();
    }
  });

  // Conversations take seconds of the machine's own time, which at this speed are minutes to health checks.
  it.each(SCENARIO_NAMES.filter((name) => SCENARIOS[name].moves && !SCENARIOS[name].converses))(
    '%s: holds what is promised to callers',
    async (scenario) => {
      const { measurement, broken } = await hold(scenario);
      expect(broken).toEqual([]);
      expect(measurement.lostDespiteRetryAfterMove).toBe(0);
    },
  );

  it('undoes what it did when it is interrupted', async () => {
    const target = await localTarget('region');
    const plan = drillPlan('region', shippedConfig(), SPEED);
    const interruption = new AbortController();
    const narrator = new Narrator(
      () => target.time.now(),
      (line) => {
        if (line.includes('goes down'))
          setTimeout(() => {
            interruption.abort();
          }, 500);
      },
    );
    const { signal } = interruption;
    await expect(
      runDrill({ scenario: 'region', target, plan, rate: 2, narrator, signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect((await running.send('control', 'GET', '/faults')).body).toEqual([]);
  });

  it('does not begin where faults are in force already', async () => {
    await running.send(
      'control',
      'POST',
      '/faults',
      JSON.stringify({ region: 'secondary', target: 'dynamodb', mode: 'slow' }),
    );
    await expect(hold('models')).rejects.toThrow(/npm run assistant -- fault clear/);
    await running.send('control', 'DELETE', '/faults');
  });
});
