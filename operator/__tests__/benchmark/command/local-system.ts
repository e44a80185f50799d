import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { defaultModelConfig } from '../../../../contract/default-model-config';
import { type Answerer, createBedrock, OPERATOR } from '@assistant/emulator/run';
import { PORTS } from '@assistant/emulator';

/**
 * What the benchmark sees of a running `npm start`: the emulated Bedrock of both regions, and a control port that
 * tells where they are.
 * @returns ends it; until then `LOCAL_PORT_BASE` leads to it
 */
export async function startLocalSystem(answer: Answerer): Promise<() => Promise<void>> {
  const roles = { primary: 'us-east-1', secondary: 'us-west-2' } as const;
  const bedrocks = Object.entries(roles).map(([role, region]) =>
    createBedrock({ region, role: role as 'primary', answer }),
  );
  const endpoints = await Promise.all(bedrocks.map((bedrock) => bedrock.listen()));
  const regions = Object.fromEntries(
    Object.entries(roles).map(([role, region], index) => {
      const bedrockRuntime = { endpoint: endpoints[index], region, credentials: OPERATOR };
      return [role, { region, clients: { bedrockRuntime } }];
    }),
  );
  // A busy machine would send a request on a connection that is just being closed for its idleness.
  const control = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    response.end(JSON.stringify(request.url === '/status' ? { regions } : defaultModelConfig));
  });
  control.listen(0, '127.0.0.1');
  await once(control, 'listening');
  const before = process.env.LOCAL_PORT_BASE;
  process.env.LOCAL_PORT_BASE = String((control.address() as AddressInfo).port - PORTS.control);
  return async () => {
    if (before === undefined) delete process.env.LOCAL_PORT_BASE;
    else process.env.LOCAL_PORT_BASE = before;
    control.closeAllConnections();
    control.close();
    await Promise.all([once(control, 'close'), ...bedrocks.map((bedrock) => bedrock.close())]);
  };
}
