import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PORTS } from '@assistant/emulator';
import { Emulator } from '../../rehearse/emulator';
import { assistant } from '../assistant';

/** No process has it: Linux gives no greater number than 2^22. */
const NO_PROCESS = 2 ** 22 + 1;

describe('the emulator of a rehearsal', () => {
  let folder: string;
  let control: Server;
  let base: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'a rehearsal '));
    control = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(control, 'listening');
    base = (control.address() as AddressInfo).port - PORTS.control;
  });
  afterEach(() => {
    control.close();
    rmSync(folder, { recursive: true });
  });

  const emulator = (pid: number, portBase: number) => {
    writeFileSync(join(folder, 'emulator.json'), JSON.stringify({ pid, portBase }));
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

  it('is wanted by a drill of a deployment, which says how to have one', async () => {
    writeFileSync(join(folder, 'account.json'), '{}');
    const { code, output } = await assistant(base, 'drill', 'deploy', '--in', folder);
    expect(output).toContain(
      `No rehearsed deployment is served. Deploy first: npm run assistant -- rehearse deploy primary secondary --in "${folder}"`,
    );
    expect(code).toBe(1);
  });
});
