import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PORTS } from '@assistant/emulator';
import { unzipSync, zipSync } from 'fflate';
import { defaultModelConfig } from '../../contract/default-model-config';
import { switchTableName } from '../../contract/evacuation';
import { EvacuationAdmin } from '../../operator/evacuate/evacuation-admin';
import { startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig, synthesize } from '../support/synthesize';

const QUESTION = { question: 'What is inflation?' };

/** At speed, a canary and as many checkers as usual are most of what a system does. */
const canary = { ...shippedConfig().canary, enabled: false };

interface Resources {
  readonly aws_cloudwatch_metric_alarm: Record<string, object>;
  readonly aws_sfn_state_machine: Record<string, object>;
  readonly aws_lambda_function: Record<string, { filename: string }>;
}

/** Leaves stacks out of what is synthesized, as if they were destroyed. */
function destroy(directory: string, ...names: readonly string[]): void {
  const file = join(directory, 'manifest.json');
  const { stacks } = JSON.parse(readFileSync(file, 'utf8')) as { stacks: Record<string, unknown> };
  const left = Object.entries(stacks).filter(([name]) => !names.includes(name));
  writeFileSync(file, JSON.stringify({ stacks: Object.fromEntries(left) }));
}

/**
 * Changes a stack as synthesized.
 * @param change is given the folder of its files
 * @returns undoes it
 */
function changeStack(
  directory: string,
  name: string,
  change: (resources: Resources, folder: string) => void,
): () => void {
  const folder = join(directory, 'stacks', name);
  const file = join(folder, 'cdk.tf.json');
  const synthesized = readFileSync(file, 'utf8');
  const document = JSON.parse(synthesized) as { resource: Resources };
  change(document.resource, folder);
  writeFileSync(file, JSON.stringify(document));
  return () => {
    writeFileSync(file, synthesized);
  };
}

function addAlarmOfTheSameName({ aws_cloudwatch_metric_alarm: alarms }: Resources): void {
  alarms.another = { ...Object.values(alarms)[0] };
}

describe('a running system that is deployed anew', () => {
  let running: RunningSystem;
  const changed = synthesize({ canary, retryAfterSeconds: 77 });
  beforeAll(async () => {
    running = await startSystem({ canary }, { kind: 'stand-in' }, { speed: 15, checkers: 1 });
  });
  afterAll(async () => {
    await running.stop();
    changed.remove();
  });

  const deploy = () =>
    running.send('control', 'POST', '/deployment', JSON.stringify({ directory: changed.directory }));

  it('loses no request, keeps its data, and has the change in force', async () => {
    const { secondary } = (await running.status()).regions;
    const { clients } = secondary;
    const evacuation = new EvacuationAdmin(switchTableName(shippedConfig().project), clients.dynamoDb);
    await evacuation.evacuate();
    evacuation.close();
    const rules = JSON.stringify({ ...defaultModelConfig, maintenanceMessage: 'Back at noon.' });
    await running.send('control', 'PUT', '/configuration', rules);
    const { version } = (await running.status()).regions.primary.appConfig;

    const statuses: number[] = [];
    let isDeploying = true;
    const caller = async () => {
      while (isDeploying) {
        statuses.push((await running.ask(QUESTION, 'primary')).status);
        await sleep(50);
      }
    };
    const callers = [caller(), caller()];
    expect((await deploy()).status).toBe(204);
    isDeploying = false;
    await Promise.all(callers);
    expect(new Set(statuses)).toEqual(new Set([200]));

    await running.fault({ mode: 'error' });
    const degraded = await running.ask(QUESTION, 'primary');
    expect(degraded.headers.get('retry-after')).toBe('77');
    // A cold function may answer before it has read the rules.
    while ((await running.ask(QUESTION, 'primary')).body.answer !== 'Back at noon.') await sleep(100);
    await running.send('control', 'DELETE', '/faults');
    const after = (await running.status()).regions;
    expect(after.primary.appConfig.version).toBe(version);
    const kept = new EvacuationAdmin(
      switchTableName(shippedConfig().project),
      after.secondary.clients.dynamoDb,
    );
    expect((await kept.read()).evacuated).toBe(true);
    await kept.giveBack();
    kept.close();
  });

  it('is served by the secondary when the primary is gone, whether or not its own change is refused, and by the primary when it is back', async () => {
    const servedBy = async () => (await running.ask(QUESTION)).body.region;
    const until = async (region: string) => {
      while ((await servedBy()) !== region) await sleep(100);
    };
    const manifest = readFileSync(join(changed.directory, 'manifest.json'));
    destroy(changed.directory, 'primary');
    const restore = changeStack(changed.directory, 'secondary', addAlarmOfTheSameName);
    expect((await deploy()).status).toBe(400);
    restore();
    expect(Object.keys((await running.status()).regions)).toEqual(['secondary']);
    await until('us-west-2');
    await expect(running.ask(QUESTION, 'primary')).rejects.toThrow();
    writeFileSync(join(changed.directory, 'manifest.json'), manifest);
    await deploy();
    await until('us-east-1');
  });

  it.each<[string, (resources: Resources) => void]>([
    ['is another alarm', addAlarmOfTheSameName],
    [
      'EXPRESS',
      ({ aws_sfn_state_machine: machines }) => {
        for (const machine of Object.values(machines)) Object.assign(machine, { type: 'STANDARD' });
      },
    ],
  ])(
    'goes on as it was where one region is refused (%s), and leaves nothing of it behind',
    async (reason, spoil) => {
      const { alarms } = (await running.status()).regions.primary;
      // By a file of its own in each function's package, what was unpacked for this deployment is known.
      const mark = randomUUID();
      const restore = changeStack(changed.directory, 'primary', (resources, folder) => {
        spoil(resources);
        for (const fn of Object.values(resources.aws_lambda_function)) {
          const code = unzipSync(readFileSync(join(folder, fn.filename)));
          fn.filename = `${mark}-${basename(fn.filename)}`;
          writeFileSync(
            join(folder, fn.filename),
            zipSync({ ...code, [mark]: new Uint8Array() }, { level: 0 }),
          );
        }
      });
      const refused = await deploy();
      restore();
      expect([refused.status, refused.body.error]).toEqual([
        400,
        { code: 'InvalidDeployment', message: expect.stringContaining(reason) as string },
      ]);
      const after = (await running.status()).regions.primary;
      expect(after.alarms.map(({ name }) => name)).toEqual(alarms.map(({ name }) => name));
      expect((await running.ask(QUESTION, 'primary')).status).toBe(200);
      expect(readdirSync(tmpdir()).filter((folder) => existsSync(join(tmpdir(), folder, mark)))).toEqual([]);
    },
  );

  it('refuses a region whose port is taken, and has it when the port is free', async () => {
    const manifest = readFileSync(join(changed.directory, 'manifest.json'));
    destroy(changed.directory, 'secondary');
    await deploy();
    writeFileSync(join(changed.directory, 'manifest.json'), manifest);
    const servers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
    const taker = createServer().listen(running.portBase + PORTS.secondary, '127.0.0.1');
    await once(taker, 'listening');
    const before = servers();
    expect((await deploy()).status).toBe(500);
    expect(servers()).toBe(before);
    taker.close();
    expect((await deploy()).status).toBe(204);
    expect((await running.ask(QUESTION, 'secondary')).status).toBe(200);
  });

  it('starts no function anew of which nothing has changed', async () => {
    // What nobody has called yet, it warms up.
    expect((await deploy()).status).toBe(204);
    const started = jest.fn();
    subscribe('worker_threads', started);
    expect((await deploy()).status).toBe(204);
    expect(started).not.toHaveBeenCalled();
    const restore = changeStack(changed.directory, 'primary', ({ aws_lambda_function: functions }) => {
      for (const fn of Object.values(functions).slice(0, 2)) Object.assign(fn, { memory_size: 1_024 });
    });
    expect((await deploy()).status).toBe(204);
    expect(started).toHaveBeenCalledTimes(2);
    restore();
    unsubscribe('worker_threads', started);
  });

  it('refuses a directory that is none, and goes on as it was', async () => {
    const refused = await running.send('control', 'POST', '/deployment', '{"directory":"/nowhere"}');
    expect([refused.status, refused.body.error]).toEqual([
      400,
      {
        code: 'InvalidDeployment',
        message:
          '/nowhere has no manifest.json that can be read. Name the folder that cdktf synth writes, e.g. cdktf.out.',
      },
    ]);
    expect((await running.ask(QUESTION)).status).toBe(200);
  });
});
