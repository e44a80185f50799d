import { openTarget } from '../../benchmark/target';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';

const NOBODY = 'http://127.0.0.1:9';

let running: RunningSystem | undefined;
afterEach(async () => {
  delete process.env.LOCAL_PORT_BASE;
  await running?.stop();
});

it('is no target for a benchmark where others answer for the models', async () => {
  running = await startSystem({}, { kind: 'endpoint', url: NOBODY });
  process.env.LOCAL_PORT_BASE = String(running.portBase);
  await expect(openTarget('local', 'primary')).rejects.toThrow('--target aws');
});
