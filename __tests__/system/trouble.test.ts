import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../../constructs/config/assistant-config';
import { DEMO_KEY, hashOfKey } from '../../contract/callers';
import { defaultModelConfig } from '../../contract/default-model-config';
import { describeWhere } from '../support/describe-where';
import { JSON_TYPE, startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';

/** A minute, by which alarms count, takes two seconds. */
const SPEED = 30;

/** Four minutes. */
const CALM_MS = 8_000;

/** At this speed, a few seconds without CPU are minutes of trouble that nobody has made. */
const onACalmMachine = describeWhere(
  process.env.TROUBLE === '1',
  'a machine that does nothing else: TROUBLE=1 npx jest __tests__/system/trouble',
);

/** Milliseconds between two callers' questions in a region: some of them in each minute, also of a busy machine. */
const PACE_MS = 100;
const MOST_UNDER_WAY = 6;

const STOLEN_KEY = 'the-key-that-was-stolen';
const created = '2026-11-26';
const { project, circuit, domain } = shippedConfig();
const GENERAL = defaultModelConfig.default;
const OTHER_MODEL = 'us.amazon.nova-pro-v1:0';

/**
 * Alarms of a table that answers too late: on a machine without a free moment, functions miss answers that were in time,
 * and at this speed some of these make two minutes.
 */
const OF_A_STARVED_MACHINE = ['usage-failures'];

let running: RunningSystem;
let watch: NodeJS.Timeout;
let callers: NodeJS.Timeout;

/** Alarms that went on: the region's part, the name and the moment. */
const fired = new Set<string>();

const alarms = () =>
  running.system.regions.flatMap(({ role, alarms: own }) =>
    own
      .status()
      .map(({ name, state, since }) => ({ name: `${role} ${name.slice(project.length + 1)}`, state, since })),
  );
const stateOf = (name: string) => alarms().find((alarm) => alarm.name === name)?.state;
const areOn = () => alarms().flatMap(({ name, state }) => (state === 'ALARM' ? [name] : []));
/** Asked within this process: a machine without a free moment may be too slow to ask the emulated DNS. */
const ledTo = () => running.system.route53.resolve(domain.failover).setIdentifier;

function look(): void {
  for (const { name, state, since } of alarms()) if (state === 'ALARM') fired.add(`${name} ${since}`);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(50);
}

/** @param rule in place of the default one and that of `general` */
async function deploy(rule: object): Promise<void> {
  const types = { ...defaultModelConfig.types, general: rule };
  const rules = JSON.stringify({ ...defaultModelConfig, default: rule, types });
  const { status } = await running.send('control', 'PUT', '/configuration?region=primary', rules);
  expect(status).toBe(200);
}

beforeAll(async () => {
  running = await startSystem(
    {
      callers: {
        mode: 'keys',
        keys: [
          { name: 'demo', sha256: hashOfKey(DEMO_KEY), created },
          { name: 'robbed', sha256: hashOfKey(STOLEN_KEY), created },
        ],
        limits: {},
        limitsOf: { robbed: { tokensPerDay: 300 } },
      },
      healthCheck: { intervalSeconds: 30, failureThreshold: 3 },
      // Of the function's own clock, which is not faster.
      circuit: { ...circuit, windowSeconds: 3, openSeconds: 0.3, maxOpenSeconds: 0.6 },
    },
    { kind: 'stand-in' },
    { speed: SPEED },
  );
  watch = setInterval(look, 50);
  let underWay = 0;
  callers = setInterval(() => {
    for (const region of ['primary', 'secondary'] as const) {
      if (underWay >= MOST_UNDER_WAY) return;
      underWay += 1;
      // Of a region that is down there is no answer.
      const answered = running.ask({ question: 'Hi?' }, region).catch(() => undefined);
      void answered.finally(() => (underWay -= 1));
    }
  }, PACE_MS);
  await untilCalm();
});

/** As a system at work: nothing is on, and has not been for some minutes, cold starts over. */
async function untilCalm(): Promise<void> {
  let since = performance.now();
  await until(() => {
    const isCalm =
      areOn().length === 0 && ['primary', 'secondary'].every((at) => stateOf(`${at} canary-silent`) === 'OK');
    if (!isCalm) since = performance.now();
    return performance.now() - since > CALM_MS;
  });
}

afterAll(async () => {
  clearInterval(callers);
  clearInterval(watch);
  await running.stop();
});

/** What has gone on in a region beside those, but for what a machine without a free moment brings about. */
function firedBeside(before: ReadonlySet<string>, region: Role): readonly string[] {
  look();
  const since = [...fired].filter((key) => !before.has(key)).map((key) => key.split(' '));
  const own = since.filter(([at, name = '']) => at === region && !OF_A_STARVED_MACHINE.includes(name));
  return [...new Set(own.map(([, name = '']) => name))];
}

interface Trouble {
  readonly what: string;
  readonly alarm: string;
  /** @returns ends it */
  readonly begin: () => Promise<() => Promise<unknown>>;
  /** Whether the next one waits until its alarm has cleared. @default true */
  readonly clears?: false;
}

/** @returns what each brought up */
async function inTurn(region: Role, troubles: readonly Trouble[]) {
  const seen: (readonly [what: string, alarms: readonly string[]])[] = [];
  for (const { what, alarm, begin, clears } of troubles) {
    const [before, name] = [new Set(fired), `${region} ${alarm}`];
    const end = await begin();
    await until(() => stateOf(name) === 'ALARM');
    await end();
    if (clears !== false) await until(() => stateOf(name) === 'OK');
    seen.push([what, firedBeside(before, region)]);
  }
  return seen;
}

async function inject(fault: object): Promise<() => Promise<unknown>> {
  const { id } = (await running.fault(fault)).body;
  return () => running.send('control', 'DELETE', `/faults/${String(id)}`);
}

const IN_THE_PRIMARY: readonly Trouble[] = [
  {
    what: 'a stolen key, by which somebody asks until its tokens are spent',
    alarm: 'daily-tokens-spent',
    begin: () => {
      const asking = setInterval(() => {
        const headers = { ...JSON_TYPE, 'x-api-key': STOLEN_KEY };
        void running
          .send('primary', 'POST', '/', JSON.stringify({ question: 'Hi?' }), headers)
          .catch(() => undefined);
      }, PACE_MS);
      return Promise.resolve(() => {
        clearInterval(asking);
        return Promise.resolve();
      });
    },
    // Once it is revoked, a quarter of an hour later, in which other things happen.
    clears: false,
  },
  {
    what: 'a configuration names a model that does not exist',
    alarm: 'model-needs-attention',
    begin: async () => {
      await deploy({
        ...GENERAL,
        primary: { ...GENERAL.primary, modelId: 'us.anthropic.claude-nonsense-9' },
      });
      return () => deploy(GENERAL);
    },
  },
  {
    what: 'Bedrock throttles all models',
    alarm: 'no-model-answers',
    begin: () => inject({ region: 'primary', mode: 'throttle' }),
  },
  // Right after it, the circuit of a fallback that was throttled as well keeps nobody from an answer.
  {
    what: 'a model’s last day, after which operators choose another one',
    alarm: 'model-needs-attention',
    begin: async () => {
      await inject({ region: 'primary', mode: 'eol', model: GENERAL.primary.modelId });
      return () => deploy({ ...GENERAL, primary: { modelId: OTHER_MODEL, contextTokens: 300_000 } });
    },
  },
];

const IN_THE_SECONDARY: readonly Trouble[] = [
  {
    what: 'a primary model is dead for a quarter of an hour',
    alarm: 'circuit-stays-open',
    begin: () => inject({ region: 'secondary', mode: 'error', model: GENERAL.primary.modelId }),
  },
  {
    what: 'executions are throttled, and all callers get errors',
    alarm: 'api-fails',
    begin: () => inject({ region: 'secondary', target: 'workflow', mode: 'throttle' }),
  },
];

onACalmMachine('of a day’s trouble', () => {
  it('each brings up the alarm that has a runbook for it, no other one, and clears', async () => {
    const seen = await Promise.all([
      inTurn('primary', IN_THE_PRIMARY),
      inTurn('secondary', IN_THE_SECONDARY),
    ]);
    expect(seen.flat()).toEqual(
      [...IN_THE_PRIMARY, ...IN_THE_SECONDARY].map(({ what, alarm }) => [what, [alarm]]),
    );
    await until(() => areOn().length === 0);
  });

  it('a region that is down brings up no alarm: its canary is silent, callers are moved, and come back', async () => {
    const before = new Set(fired);
    const up = await inject({ region: 'primary', target: 'region', mode: 'down' });
    await until(() => stateOf('primary canary-silent') === 'INSUFFICIENT_DATA');
    await until(() => ledTo() === 'secondary');
    expect(stateOf('secondary canary-silent')).toBe('OK');
    await up();
    await until(() => stateOf('primary canary-silent') === 'OK');
    await until(() => ledTo() === 'primary');
    expect([firedBeside(before, 'primary'), firedBeside(before, 'secondary')]).toEqual([[], []]);
  });
});
