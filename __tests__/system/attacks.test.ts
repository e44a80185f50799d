import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { PORTS, type MetricTotal } from '@assistant/emulator';
import { text } from '@assistant/emulator/run';
import { circuitTableName } from '../../contract/circuit';
import { switchTableName } from '../../contract/evacuation';
import { LAPTOP_PROBE_SECRET } from '../../contract/probe';
import { CircuitAdmin } from '../../operator/circuits/circuit-admin';
import { EvacuationAdmin } from '../../operator/evacuate/evacuation-admin';
import { describeWhere } from '../support/describe-where';
import { startSystem, type Answer, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';

/*
 * What a stranger can do to others, without a key, through the front door. Rates are by the machine's own clock; what
 * listens (health checks, alarms, throttles) runs faster, so that each attack outlasts the three checks that move DNS.
 */
const SPEED = 2;
const FLOOD_MS = 18_000;

/** Client, system and checkers share this machine: beside another test, a checker would wait in vain. */
const onACalmMachine = describeWhere(
  process.env.FLOOD === '1',
  'a machine that does nothing else: FLOOD=1 npx jest __tests__/system/attacks',
);

/** Far longer than three checks take. */
const MOVED_WITHIN_MS = 45_000;

const SAY_NOTHING = 'Reply with nothing at all.';
const TALK = 'Write as long as you can.';

/** By which a model that talks is far from done when its tier's time is up, and has long begun. */
const TOKENS_PER_SECOND = 100;
const BUDGET = { totalMs: 9_000, primaryMs: 4_000, reserveMs: 1_000 };
const LONG_ANSWER = 'All work and no play. '.repeat(400);

/** A model that does what it is asked. */
async function serveModel(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const question = (body as { messages: { content: string }[] }).messages.at(-1)?.content ?? '';
      const content = { [SAY_NOTHING]: '', [TALK]: LONG_ANSWER }[question] ?? 'Yes.';
      const choices = [{ message: { role: 'assistant', content }, finish_reason: 'stop' }];
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ choices }));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

describe('a stranger', () => {
  let running: RunningSystem;
  let model: Server;
  beforeAll(async () => {
    const served = await serveModel();
    model = served.server;
    running = await startSystem(
      { budget: BUDGET },
      { kind: 'openai', url: served.url, model: 'obedient' },
      { speed: SPEED },
    );
    const tokensPerSecond = { kind: 'fixed', value: TOKENS_PER_SECOND };
    const behaviours = { models: [{ model: '*', tokensPerSecond }] };
    await running.send('control', 'POST', '/models', JSON.stringify(behaviours));
    // First requests pay for cold starts.
    for (const at of ['primary', 'secondary'] as const) {
      await Promise.all(Array.from({ length: 8 }, () => running.ask({ question: 'Hi?' }, at)));
    }
  });
  afterAll(async () => {
    await running.stop();
    model.closeAllConnections();
    model.close();
  });

  /** All that moves traffic or takes a model out of use. */
  async function watched() {
    const { healthChecks, history, failover, regions } = await running.status();
    const circuits = await Promise.all(
      Object.values(regions).map(async ({ clients }) => {
        const admin = new CircuitAdmin(circuitTableName(shippedConfig().project), clients.dynamoDb);
        const reports = await admin.list().finally(() => {
          admin.close();
        });
        return reports.map(({ model: id, phase, failures }) => [id, phase, failures]);
      }),
    );
    return {
      checks: healthChecks.map(({ name, healthy, since }) => [name, healthy, since]),
      history,
      resolvesTo: failover.resolvesTo,
      circuits,
    };
  }

  /** The worst value that the metric which the failover listens to has had in a region. */
  async function worstOfFailoverMetric(role: 'primary' | 'secondary'): Promise<number> {
    const { stack } = running.system.regions.find((region) => region.role === role) ?? {};
    const checks = running.system.regions.flatMap((region) => region.stack.of('aws_route53_health_check'));
    const alarms = checks.map((check) => check.values.cloudwatch_alarm_name).filter(Boolean);
    const metrics = (stack?.of('aws_cloudwatch_metric_alarm') ?? [])
      .filter((alarm) => alarms.includes(text(alarm, 'alarm_name')))
      .map((alarm) => text(alarm, 'metric_name'));
    expect(metrics).toHaveLength(1);
    const totals = (await running.send('control', 'GET', `/metrics?region=${role}`)).body;
    const own = (totals as unknown as MetricTotal[]).filter(({ name }) => metrics.includes(name));
    return Math.max(0, ...own.map(({ maximum }) => maximum));
  }

  /** Attacks, while others go on asking; nothing that is watched changes, and each of the others has its model. */
  async function expectNothingMoved<T>(region: string, attack: () => Promise<T>): Promise<T> {
    const before = await watched();
    const others: Promise<Answer>[] = [];
    const at = region === 'us-east-1' ? 'failover' : 'secondary';
    const other = setInterval(() => others.push(running.ask({ question: 'Am I served?' }, at)), 200);
    const outcome = await attack().finally(() => {
      clearInterval(other);
    });
    others.push(running.ask({ question: 'Am I served?' }, at));
    const answers = (await Promise.all(others)).map(({ status, body }) => [status, body.tier, body.region]);
    expect(answers.length).toBeGreaterThan(1);
    expect(answers.filter((answer) => String(answer) !== `200,primary,${region}`)).toEqual([]);
    expect(await watched()).toEqual(before);
    expect(await worstOfFailoverMetric('primary')).toBe(0);
    return outcome;
  }

  /** @returns how often each status came back */
  async function flood(
    requestsPerSecond: number,
    paths: readonly string[],
    at: 'primary' | 'secondary',
  ): Promise<ReadonlyMap<number, number>> {
    // Fewer than the server has time to close while they are idle.
    const agent = new Agent({ keepAlive: true, maxSockets: 32, scheduling: 'fifo' });
    const statuses = new Map<number, number>();
    const send = async (path: string) => {
      const request = get({ agent, host: '127.0.0.1', port: running.portBase + PORTS[at], path });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      await once(response.resume(), 'end');
      const { statusCode = 0 } = response;
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    };
    const began = Date.now();
    const sent: Promise<void>[] = [];
    while (Date.now() < began + FLOOD_MS) {
      const due = ((Date.now() - began) / 1_000) * requestsPerSecond;
      while (sent.length < due) sent.push(send(paths[sent.length % paths.length] ?? '/'));
      await sleep(20);
    }
    await Promise.all(sent);
    agent.destroy();
    return statuses;
  }

  const ask = (question: string) => running.ask({ question }, 'primary');

  it('who brings models to say nothing, eight times at once, opens no circuit', async () => {
    await expectNothingMoved('us-east-1', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(SAY_NOTHING)));
      // Which is what the attacker gets, and nobody else.
      for (const { body } of answers) expect(body.tier).toBe('degraded');
      await sleep(1_000);
    });
  });

  it('who lets models talk beyond the deadline, 1.5 times a second, opens no circuit', async () => {
    const REQUESTS = 9;
    await expectNothingMoved('us-east-1', async () => {
      const asked: Promise<Answer>[] = [];
      for (let count = 0; count < REQUESTS; count += 1) {
        asked.push(ask(TALK));
        await sleep(1_000 / 1.5);
      }
      for (const { body } of await Promise.all(asked)) {
        expect([body.tier, body.stopReason]).toEqual(['primary', 'deadline']);
        expect(LONG_ANSWER.startsWith(String(body.answer))).toBe(true);
      }
    });
  });

  it('who asks what only some take for blank is told so, and calls no model', async () => {
    await expectNothingMoved('us-east-1', async () => {
      for (const question of ['\u001f', '\u001c\u001d\u001e\u001f', ' \u001f\u200b\u2800 ']) {
        const { status, body } = await ask(question);
        expect([status, body.error]).toEqual([400, expect.objectContaining({ field: 'question' })]);
      }
      await sleep(1_000);
    });
  });

  onACalmMachine('with a flood', () => {
    it('who asks for health 300 times a second, for the evacuation 120 times, and guesses at the probes, brings nobody back', async () => {
      const { secondary } = (await running.status()).regions;
      const table = switchTableName(shippedConfig().project);
      const admin = new EvacuationAdmin(table, secondary.clients.dynamoDb);
      await admin.evacuate();
      admin.close();
      const end = Date.now() + MOVED_WITHIN_MS;
      while (Date.now() < end && (await running.status()).failover.resolvesTo !== 'secondary') {
        await sleep(100);
      }
      const guesses = ['/x/health', `/${LAPTOP_PROBE_SECRET.slice(1)}/health`];
      const [health, evacuation] = await expectNothingMoved('us-west-2', () =>
        Promise.all([
          flood(300, ['/health', '/health/', '/health', ...guesses], 'primary'),
          flood(120, ['/evacuation', '/evacuation/', '/live/evacuation'], 'secondary'),
        ]),
      );
      // Beyond the throttle for people, which what Route 53 asks does not share.
      expect(health.get(429) ?? 0).toBeGreaterThan(100);
      expect([...evacuation.keys()]).toEqual([404]);
    });
  });
});
