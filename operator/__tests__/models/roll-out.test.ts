import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CLOSED_CIRCUITS, startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { defaultModelConfig } from '../../../contract/default-model-config';
import { ORDER, type RollOutTarget } from '../../model-config/roll-out';
import { type Change, deploy, rollback, set } from '../../models/change';
import { captureOutput } from '../capture-output';

/** A minute is a second and a half: faster, and a busy machine would be too slow for the canary. */
const SPEED = 40;

const HAIKU = 'us.anthropic.claude-haiku-5-5';
const LITE = 'us.amazon.nova-lite-v1:0';
const PRO = 'us.amazon.nova-pro-v1:0';
const CALLERS = 5;
/** Answers in a row by which every function has shown what it answers by. */
const ENOUGH = 30;

let running: RunningSystem;
const folder = mkdtempSync(join(tmpdir(), 'roll out '));
beforeAll(async () => {
  const modelConfigRollout = { minutes: 1, growthPercent: 50, bakeMinutes: 5 };
  // Nobody moves here, and one type changes: at speed, checkers and a canary as shipped are most of what a system does.
  const healthCheck = { ...shippedConfig().healthCheck, intervalSeconds: 30 as const };
  const canary = { ...shippedConfig().canary, requestTypes: ['general'] };
  const config = { ...CLOSED_CIRCUITS(), modelConfigRollout, healthCheck, canary };
  running = await startSystem(config, undefined, { speed: SPEED, checkers: 1 });
});
let asking: ReturnType<typeof callers> | undefined;
afterAll(async () => {
  await asking?.hangUp();
  await running.stop();
});

function openTarget(): RollOutTarget {
  const clientOf = (role: string) => {
    const region = running.system.regions.find((each) => each.role === role);
    return new AppConfigClient({ ...region?.clients().appConfig });
  };
  const appConfig = { primary: clientOf('primary'), secondary: clientOf('secondary') };
  return { kind: 'local', config: shippedConfig(), speed: SPEED, appConfig };
}

/** An alarm that lacks data takes a deployment back: the canary has not asked yet when the system starts. */
async function untilAlarmsKnow(): Promise<void> {
  for (;;) {
    const states = running.system.regions.flatMap(({ alarms }) =>
      alarms
        .status()
        .filter(({ name }) => /canary-unanswered|needs-attention/.test(name))
        .map(({ state }) => state),
    );
    if (states.every((state) => state === 'OK')) return;
    await delay(200);
  }
}

/** Callers who ask all the time, what they were answered, and when they had asked. */
function callers() {
  const answers: { readonly askedAt: number; readonly answered: string }[] = [];
  let isOver = false;
  const caller = async () => {
    while (!isOver) {
      const askedAt = performance.now();
      const { status, body } = await running.ask({ question: 'Hi?' }, 'primary');
      answers.push({ askedAt, answered: `${status} ${String(body.tier)} ${String(body.model)}` });
      await delay(800);
    }
  };
  const all = Promise.all(Array.from({ length: CALLERS }, caller));
  return {
    answers,
    /** Waits until every function has the rules by which the model answers. */
    until: async (model: string) => {
      const from = answers.length;
      const isThere = () => {
        const latest = answers.slice(from).slice(-ENOUGH);
        return (
          latest.length === ENOUGH && latest.every(({ answered }) => answered === `200 primary ${model}`)
        );
      };
      while (!isThere()) await delay(200);
      return performance.now();
    },
    hangUp: async () => {
      isOver = true;
      await all;
    },
  };
}

it('changes models under callers who all get their answers, and takes back what breaks them before they meet it', async () => {
  await untilAlarmsKnow();
  const output = captureOutput();
  const target = openTarget();
  const preflight = () => Promise.resolve(true);
  const change: Change = { ...{ target, roles: ORDER, yes: true, now: false }, preflight, force: false };
  const { answers, until, hangUp } = (asking = callers());

  await set(change, { type: 'general', tier: 'primary' }, LITE);
  const setAt = await until(LITE);

  // The account may not call the model that nothing is known against.
  await running.fault({ model: PRO, mode: 'denied' });
  const { general = defaultModelConfig.default } = defaultModelConfig.types;
  const types = { ...defaultModelConfig.types, general: { ...general, primary: { modelId: PRO } } };
  const file = join(folder, 'broken.json');
  writeFileSync(file, JSON.stringify({ ...defaultModelConfig, types }));
  await expect(deploy(change, file)).rejects.toMatchObject({
    message: expect.stringMatching(
      /^us-west-2: Deployment 3 was taken back by an alarm \(ROLLED_BACK: arn:aws:cloudwatch:us-west-2:[^]*the rules in us-east-1 are as they were\.$/,
    ) as string,
    exitCode: 1,
  });
  const takenBackAt = performance.now();

  // What an alarm has taken back is not taken back once more.
  await expect(rollback(change, undefined)).rejects.toThrow(
    'taken back already: version 2 is in force there',
  );
  await rollback(change, 1);
  await until(HAIKU);
  await hangUp();
  for (const client of Object.values(target.appConfig)) client.destroy();
  expect(output.text()).toMatch(
    /secondary \(us-west-2\): deployment 2 is in force[^]*primary \(us-east-1\): deployment 2/,
  );
  const between = (from: number, to: number) => [
    ...new Set(
      answers.filter(({ askedAt }) => askedAt > from && askedAt < to).map(({ answered }) => answered),
    ),
  ];
  expect(between(0, Infinity).sort()).toEqual([`200 primary ${LITE}`, `200 primary ${HAIKU}`].sort());
  expect(between(setAt, takenBackAt)).toEqual([`200 primary ${LITE}`]);
});
