import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADDRESSES } from '@assistant/emulator/run';
import { PORTS } from '@assistant/emulator';
import { JSON_TYPE, startSystem, WITH_KEY } from '../../support/local-system';
import { shippedConfig } from '../../support/synthesize';
import { untilHealthy } from '../../support/until-healthy';

/*
 * Runs inside a network namespace whose resolv.conf names 127.0.0.1: starts the system, asks it by its failover name
 * as curl and as a client that keeps connections, takes the primary down, and writes who answered each request.
 */

const SPEED = 10;

/** Acted-out seconds: before the primary goes down, and until the end, well after the last client has moved. */
const [BASELINE, END] = [10, 120];

/** Between two requests of a client, in real milliseconds. */
const PAUSE_MS = 200;

const URL_BY_NAME = `http://${shippedConfig().domain.failover}/`;
const QUESTION = JSON.stringify({ question: 'Hello?' });
const TIMEOUT_SECONDS = 5;

/** Puts a region's API on the port that a URL without one means, on the address that the region's name has. */
async function serveOnPort80(address: string, port: number): Promise<Server> {
  const server = createServer((socket) => {
    const onward = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  }).listen(80, address);
  await once(server, 'listening');
  return server;
}

const HEADERS = { ...JSON_TYPE, ...WITH_KEY };

const curl = () =>
  new Promise<string>((resolve) => {
    const headers = Object.entries(HEADERS).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const args = ['-s', '-m', String(TIMEOUT_SECONDS), ...headers, '-d', QUESTION, URL_BY_NAME];
    execFile('curl', args, (_, stdout) => {
      resolve(stdout);
    });
  });

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function keepAlive(): Promise<string> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1_000);
    const attempt = request(URL_BY_NAME, { method: 'POST', agent, signal, headers: HEADERS });
    attempt.end(QUESTION);
    const [response] = (await once(attempt, 'response')) as [IncomingMessage];
    return await text(response);
  } catch {
    return '';
  }
}

const regionOf = (body: string): string | null =>
  body.startsWith('{') ? ((JSON.parse(body) as { region?: string }).region ?? null) : null;

async function main(): Promise<void> {
  const running = await startSystem({}, { kind: 'stand-in' }, { speed: SPEED });
  const { system, portBase } = running;
  await system.route53.listenDns(53);
  const servers = await Promise.all(
    system.regions.map(({ role }) => serveOnPort80(ADDRESSES[role], portBase + PORTS[role])),
  );
  await untilHealthy(running);
  // First requests pay for cold starts.
  await Promise.all([curl(), keepAlive()]);

  const lossAt = performance.now() + (BASELINE * 1_000) / SPEED;
  const secondsAfterLoss = () => ((performance.now() - lossAt) / 1_000) * SPEED;
  const watch = async (client: string, ask: () => Promise<string>) => {
    while (secondsAfterLoss() < END) {
      const at = secondsAfterLoss();
      const region = regionOf(await ask());
      // A request across the loss says nothing about either side.
      const acrossLoss = at < 0 && secondsAfterLoss() >= 0;
      if (!acrossLoss) process.stdout.write(`${JSON.stringify({ client, at, region })}\n`);
      await sleep(PAUSE_MS);
    }
  };
  const watching = [watch('curl', curl), watch('keep-alive', keepAlive)];
  await sleep(lossAt - performance.now());
  await running.send('control', 'POST', '/faults', '{"region":"primary","target":"region","mode":"down"}');
  await Promise.all(watching);
  agent.destroy();
  for (const server of servers) server.close();
  await running.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
  process.exit(1);
});
