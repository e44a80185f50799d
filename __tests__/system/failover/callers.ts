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

/** Answers of a region to each client, before the primary goes down and to the end. */
const ENOUGH = 5;

/** Between two requests of a client, in real milliseconds. */
const PAUSE_MS = 200;

const { regions, domain } = shippedConfig();
const URL_BY_NAME = `http://${domain.failover}/`;
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

  const answered = { curl: new Map<string | null, number>(), 'keep-alive': new Map<string | null, number>() };
  const isAnsweredBy = (region: string) => () =>
    Object.values(answered).every((answers) => (answers.get(region) ?? 0) >= ENOUGH);
  const watch = async (client: keyof typeof answered, ask: () => Promise<string>) => {
    while (!isAnsweredBy(regions.secondary)()) {
      const region = regionOf(await ask());
      answered[client].set(region, (answered[client].get(region) ?? 0) + 1);
      process.stdout.write(`${JSON.stringify({ client, region })}\n`);
      await sleep(PAUSE_MS);
    }
  };
  const watching = [watch('curl', curl), watch('keep-alive', keepAlive)];
  while (!isAnsweredBy(regions.primary)()) await sleep(PAUSE_MS);
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
