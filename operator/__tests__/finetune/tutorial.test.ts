import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assistant, assistantProcess } from '../assistant';
import { datasetFile } from './dataset-file';
import { ROOT, shippedConfig } from '../../../__tests__/support/synthesize';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';

const SAMPLE = join(ROOT, 'operator', 'finetune', 'sample', 'customer-service.jsonl');
const KEY = 'train/customer-service.jsonl';
const BASE = 'us.amazon.nova-micro-v1:0';
const BEFORE = 'us.anthropic.claude-haiku-5-5';
const QUESTION = { question: 'Where is my parcel?', type: 'general' };

/** A job of the sample dataset in a few seconds. */
const SPEED = 40;

/** Nobody moves here; at speed, checkers and a canary as shipped are most of what a system does. */
const canary = { ...shippedConfig().canary, enabled: false };
const healthCheck = { ...shippedConfig().healthCheck, intervalSeconds: 30 as const };

let running: RunningSystem;
beforeAll(async () => {
  // How a rollout goes step by step, the tests of models look at.
  const modelConfigRollout = { minutes: 0, growthPercent: 100, bakeMinutes: 0 };
  running = await startSystem(
    { modelConfigRollout, healthCheck, canary },
    { kind: 'stand-in' },
    { speed: SPEED, checkers: 1 },
  );
  // Two models that are equally fast differ by chance now and then: what is slower is no better for --yes.
  const models = [{ model: BASE, timeToFirstTokenMs: { kind: 'fixed', value: 200 } }];
  expect((await running.send('control', 'POST', '/models', JSON.stringify({ models }))).status).toBe(200);
});
afterAll(async () => {
  await running.stop().catch(() => undefined);
});

const finetune = (...args: readonly string[]) => assistant(running.portBase, 'finetune', ...args);

/** Waits until the system has answered such a request: a method and a URL. */
function answered(wanted: RegExp): Promise<void> {
  const channel = 'http.server.response.finish';
  return new Promise((resolve) => {
    const look = (message: unknown) => {
      const { method = '', url = '' } = (message as { request: IncomingMessage }).request;
      if (!wanted.test(`${method} ${url}`)) return;
      unsubscribe(channel, look);
      resolve();
    };
    subscribe(channel, look);
  });
}

async function succeed(...args: readonly string[]): Promise<string> {
  const { code: exitCode, output } = await finetune(...args);
  if (exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${exitCode}: ${output}`);
  return output;
}

/** @returns a file of questions which the emulated answers of tuned models alone answer as expected */
function questionsFile(questions: readonly string[], type = 'general'): string {
  const folder = mkdtempSync(join(tmpdir(), 'held-out-'));
  const file = join(folder, 'questions.jsonl');
  const expected = { mustContain: ['the tuned model'] };
  const lines = questions.map((question, index) =>
    JSON.stringify({ id: `q-${index + 1}`, type, question, expect: expected }),
  );
  writeFileSync(file, lines.join('\n'));
  return file;
}

/** As many as it takes to show that a model answers better: one that is asked often is still one. */
const telling = (type?: string) => {
  const questions = Array.from({ length: 10 }, (_, index) => `Has my parcel number ${index} left?`);
  return ['--questions', questionsFile(questions, type), '--runs', '2'];
};

const modelOf = async (region: 'primary' | 'secondary') => (await running.ask(QUESTION, region)).body.model;

test('from a file to answers by the tuned model, and back', async () => {
  expect(await modelOf('primary')).toBe(BEFORE);

  await succeed('check', SAMPLE);
  await succeed('upload', SAMPLE, '--key', KEY);
  const started = await succeed('start', '--data', KEY, '--name', 'support-1', '--epochs', '1');
  expect(started).toContain('npm run assistant -- finetune watch support-1');
  expect(await succeed('start', '--data', KEY, '--name', 'support-1', '--epochs', '1')).toContain(
    'was started before',
  );
  expect(await succeed('watch')).toContain('Training loss, step 0');

  const unshown = await finetune('deploy', 'support-1', '--promote', 'general', '--runs', '2', '--yes');
  expect(unshown.output).toMatch(/Not shown to be better: expectations met: .*[^]*Nothing was promoted/);
  expect(unshown.code).toBe(5);
  expect(await modelOf('primary')).toBe(BEFORE);
  const learnt = ['--questions', questionsFile(['Where is my parcel? It was supposed to come on Tuesday.'])];
  expect(
    (await finetune('deploy', 'support-1', '--promote', 'general', '--yes', ...learnt)).output,
  ).toContain('The model was trained on q-1 of these questions');
  expect(await succeed('deploy', 'support-1', '--promote', 'general', '--yes', ...telling())).toMatch(
    /better: expectations met of support-1[^]*Shown: support-1 answers better/,
  );
  const tuned = expect.stringMatching(/:custom-model-deployment\/[a-z0-9]{12}$/) as string;
  await untilAnsweredBy(tuned, 'primary');
  await untilAnsweredBy(BASE, 'secondary');
  expect(await succeed('list')).toMatch(/support-1 .*Active/);

  await succeed('undeploy', 'support-1', '--yes');
  // What is deleted is asked by no function any more.
  expect(await modelOf('primary')).toBe(BEFORE);
  expect(await modelOf('secondary')).toBe(BEFORE);
});

/** Functions answer by the rules that they have until they have looked for new ones. */
async function untilAnsweredBy(model: unknown, region: 'primary' | 'secondary'): Promise<void> {
  for (let waited = 0; waited < 100; waited += 1) {
    const answered = await modelOf(region);
    if (
      typeof model === 'string' ? answered === model : String(answered).includes(':custom-model-deployment/')
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  expect(await modelOf(region)).toEqual(model);
}

test('each step that is killed, as soon as what it asks for is done, and run again is done once', async () => {
  const again = async (killedBy: readonly RegExp[], ...step: readonly string[]) => {
    for (const request of killedBy) {
      const kill = new AbortController();
      const killed = answered(request).then(() => {
        kill.abort();
      });
      const ended = assistantProcess(running.portBase, ['finetune', ...step], kill.signal).then(
        ({ code, output }) => {
          if (!kill.signal.aborted)
            throw new Error(`${step.join(' ')} ended by itself with ${code}: ${output}`);
        },
      );
      await Promise.all([killed, ended]);
    }
    await succeed(...step);
  };
  const rules = /^POST \/applications\/.*\/deployments/;
  await again([/^PUT .*partNumber=1/], 'upload', SAMPLE, '--key', 'train/again.jsonl');
  await again(
    [/^POST \/model-customization-jobs/],
    ...['start', '--data', 'train/again.jsonl', '--name', 'again', '--epochs', '1'],
  );
  await again([/^GET \/model-customization-jobs\/arn/], 'watch', 'again');
  await again(
    [/^POST .*\/custom-model-deployments/, rules],
    ...['deploy', 'again', '--promote', 'again', '--yes', ...telling('again')],
  );
  const list = await succeed('list');
  for (const title of ['Jobs', 'Tuned models', 'On-demand deployments']) {
    const [, section = ''] = list.split(`${title}:`);
    const [rows = ''] = section.split(/^\S.*(?:: none|:)$/m);
    const named = rows.match(/^(?:name: again|│ *again .*)$/gm);
    expect([title, named?.length]).toEqual([title, 1]);
  }
  await again([rules, /^DELETE .*\/custom-model-deployments/], 'undeploy', 'again', '--yes');
  expect(await succeed('list')).toContain('On-demand deployments: none');
});

test.each([
  [['start', '--data', 'train/no-such-file.jsonl'], 'finetune upload'],
  [['start', '--data', KEY, '--epochs', '9'], 'allowed: a whole number from 1 to 5'],
  [['watch', 'no-such-job'], 'finetune list'],
  [['stop', 'no-such-job'], 'finetune list'],
  [['deploy', 'no-such-model'], 'finetune list'],
  [['undeploy', 'no-such-model', '--yes'], 'finetune list'],
])('%j fails with what to do', async (args, words) => {
  const { code: exitCode, output } = await finetune(...args);
  expect(output).toContain(words);
  expect(exitCode).toBe(1);
});

test('a watch ends where the local run has ended', async () => {
  // Its job takes some fourteen seconds.
  const long = datasetFile(2_000);
  await succeed('start', '--data', long, '--name', 'orphan', '--epochs', '5');
  const looked = answered(/^GET \/model-customization-jobs\/arn/);
  const watch = finetune('watch', 'orphan');
  await looked;
  await running.stop();
  const now = performance.now.bind(performance);
  // A local run that does not answer is given up after some seconds.
  const later = jest.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
  const { code, output } = await watch;
  later.mockRestore();
  expect(output).toContain('The local run has ended, and what it held with it');
  expect(code).toBe(1);
});
