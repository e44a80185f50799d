import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { PORTS } from '@assistant/emulator';
import { synthesize } from '../../../__tests__/support/synthesize';
import { Emulator } from '../../rehearse/emulator';
import { assistant } from '../assistant';
import { startLocalServices } from '../finetune/local-services';

/** No process has it: Linux gives no greater number than 2^22. */
const NO_PROCESS = 2 ** 22 + 1;

/** Far from those that other tests look for. */
const PORT_BASE = 9_700;

describe('the emulator of a rehearsal', () => {
  let folder: string;
  let control: Server;
  let status: object;
  let base: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'a rehearsal '));
    status = {};
    control = createServer((_, response) => response.end(JSON.stringify(status))).listen(0, '127.0.0.1');
    await once(control, 'listening');
    base = (control.address() as AddressInfo).port - PORTS.control;
  });
  afterEach(() => {
    control.close();
  });

  const emulator = (pid: number, portBase: number) => {
    writeFileSync(join(folder, 'emulator.json'), JSON.stringify({ pid, portBase }));
    writeFileSync(join(folder, 'emulator.log'), 'Ready.');
    return new Emulator(folder, join(folder, 'applied'));
  };

  it('is found at its own ports, whatever the environment names', async () => {
    const { LOCAL_PORT_BASE } = process.env;
    await expect(emulator(process.pid, base).portBase()).resolves.toBe(base);
    expect(process.env.LOCAL_PORT_BASE).toBe(LOCAL_PORT_BASE);
  });

  it('is none where its process has ended, or where another has its number', async () => {
    await expect(emulator(NO_PROCESS, base).portBase()).resolves.toBeUndefined();
    control.close();
    control.closeAllConnections();
    await expect(emulator(process.pid, base).portBase()).resolves.toBeUndefined();
  });

  it('says in which register there are models: AWS does not delete it', async () => {
    const services = await startLocalServices();
    const { modelPackageGroup, sageMaker } = services.target;
    status = { mlops: services.mlops.status() };
    expect(await emulator(process.pid, base).groupsWithPackages()).toEqual([]);
    await sageMaker.send(new CreateModelPackageCommand({ ModelPackageGroupName: modelPackageGroup }));
    expect(await emulator(process.pid, base).groupsWithPackages()).toEqual([modelPackageGroup]);
    await services.close();
  });

  it.each([
    ['a drill of a deployment', ['drill', 'deploy']],
    ['its environment', ['rehearse', 'env']],
  ])('is wanted by %s, which says how to have one', async (_, command) => {
    writeFileSync(join(folder, 'account.jsonl'), '{}');
    const { code, output } = await assistant(base, ...command, '--in', folder);
    expect(output).toContain(
      `No rehearsed deployment is served. Deploy first: npm run assistant -- rehearse deploy primary secondary --in "${folder}"`,
    );
    expect(code).toBe(1);
  });

  describe('that is started', () => {
    const { LOCAL_PORT_BASE } = process.env;
    let app: ReturnType<typeof synthesize>;
    beforeAll(() => {
      app = synthesize();
      process.env.LOCAL_PORT_BASE = String(PORT_BASE);
    });
    afterAll(() => {
      app.remove();
      if (LOCAL_PORT_BASE === undefined) delete process.env.LOCAL_PORT_BASE;
      else process.env.LOCAL_PORT_BASE = LOCAL_PORT_BASE;
    });

    const isThere = (applied: string) =>
      execFileSync('ps', ['-ax', '-o', 'command'], { encoding: 'utf8' }).includes(`--stacks ${applied}`);

    it('ends with the command that Ctrl-C ends before it is ready', async () => {
      const serving = new Emulator(folder, app.directory).serve();
      while (!isThere(app.directory)) await sleep(20);
      process.emit('SIGINT');
      await expect(serving).rejects.toMatchObject({
        message: 'Interrupted. What is deployed is not served: the next deploy serves it.',
        exitCode: 130,
      });
      while (isThere(app.directory)) await sleep(20);
    });

    it.each(Object.values(PORTS))(
      'is refused beforehand where another program has port %d of it',
      async (offset) => {
        const other = createServer((_, response) => response.destroy()).listen(
          PORT_BASE + offset,
          '127.0.0.1',
        );
        await once(other, 'listening');
        const refused = new Emulator(folder, app.directory).requirePorts();
        await expect(refused).rejects.toThrow(`Another program has port ${PORT_BASE + offset}. Stop it`);
        other.close();
        await once(other, 'close');
        await expect(new Emulator(folder, app.directory).requirePorts()).resolves.toBeUndefined();
      },
    );

    it('is found while it starts, though the command that started it was killed', async () => {
      const serving = new Emulator(folder, app.directory).serve();
      while (!existsSync(join(folder, 'emulator.json'))) await sleep(20);
      const next = new Emulator(folder, app.directory);
      expect(await next.stop()).toBe(true);
      await serving.catch(() => undefined);
      expect(await next.stop()).toBe(false);
      while (isThere(app.directory)) await sleep(20);
    });

    it('says why it cannot serve what is there', async () => {
      const empty = join(folder, 'applied');
      mkdirSync(empty);
      await expect(new Emulator(folder, empty).serve()).rejects.toThrow(
        `What is deployed cannot be served:\n${empty} has no manifest.json that can be read.`,
      );
    });
  });
});
