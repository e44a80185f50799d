import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answerer } from '@assistant/emulator/run';
import { modelConfigSchema } from '../../../../contract/model-config';
import { EXIT } from '../../../command/exit-codes';
import { Command } from 'commander';
import type { Block } from '../../../command/layout';
import {
  withRecommendOptions,
  withRunOptions,
  type RunOptions,
  type RecommendOptions,
} from '../../../benchmark/commands/options';
import { measureCommand } from '../../../benchmark/commands/measure-command';
import { recommendCommand } from '../../../benchmark/commands/recommend-command';
import { recommend } from '../../../benchmark/recommend/recommend';
import { verdictOf } from '../../../benchmark/report/section/head';
import { readResultFile } from '../../../benchmark/result-file';
import { NOVA, SONNET } from '../sample-result';
import { captureOutput } from '../../capture-output';
import { textOf } from '../../terminal';
import { startLocalSystem } from './local-system';

const JUDGE = 'us.meta.llama3-3-70b-instruct-v1:0';
/** At the end of its life. */
const ABSENT = 'us.anthropic.claude-3-sonnet-20240229-v1:0';
const SECRET = 'my card ends in 4711';

/** The sonnet says what is expected, the other does not; the judge knows it by the word. */
const answer: Answerer = ({ modelId, messages }) => {
  const asked =
    messages
      .at(-1)
      ?.content.map(({ text }) => text)
      .join('') ?? '';
  const text = {
    [SONNET]: 'You get your refund within 30 days.',
    [NOVA]: 'No idea.',
    [JUDGE]: JSON.stringify({
      reason: 'It names the period.',
      verdict: asked.indexOf('refund within') < asked.indexOf('No idea') ? 'A' : 'B',
    }),
  }[modelId];
  return Promise.resolve({ text: text ?? '', stopReason: 'end_turn' });
};

const questions = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => ({
  ...{ id: `q-${number}`, type: 'general', maxTokens: 50 },
  question: `${SECRET}, where is my money? (${number})`,
  expect: { mustContain: ['refund', '30 days'], maxLength: 100 },
}));

describe('benchmark run', () => {
  let stop: () => Promise<void>;
  let folder: string;
  let said: string;
  const tell = (...blocks: readonly Block[]): void => {
    said += `${textOf(blocks)}\n`;
  };
  const none = new AbortController().signal;

  const options = (...argv: readonly string[]) =>
    parse([
      ...['--models', `${SONNET},${NOVA}`, '--questions', join(folder, 'questions.json'), '--out', folder],
      ...['--runs', '2', ...argv],
    ]);
  const parse = (argv: readonly string[]): RunOptions =>
    withRunOptions(new Command('run')).parse(argv, { from: 'user' }).opts();
  const files = () => readdirSync(folder).filter((name) => name.startsWith('benchmark-'));
  const written = (ending: string) => join(folder, files().find((name) => name.endsWith(ending)) ?? 'none');

  beforeAll(async () => {
    stop = await startLocalSystem(answer);
  });
  afterAll(() => stop());
  beforeEach(() => {
    said = '';
    folder = mkdtempSync(join(tmpdir(), 'benchmark-'));
    writeFileSync(join(folder, 'questions.json'), JSON.stringify(questions));
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('measures, judges, tells and writes', async () => {
    const price = `${JUDGE}=0.72,0.72`;
    const argv = ['--region', 'both', '--judge', JUDGE, '--max-cost', '1', '--price', price];
    const { exitCode, result } = await measureCommand(options(...argv), tell, none);
    expect(exitCode).toBe(EXIT.done);
    expect(files().map((name) => name.replace(/^[^.]*/, ''))).toEqual(['.csv', '.html', '.json']);
    expect(readResultFile(written('.json'))).toEqual(JSON.parse(JSON.stringify(result)));
    expect(result.calls.filter(({ warmup }) => !warmup)).toHaveLength(2 * 2 * 2 * 8 * 2);
    expect(result.quality.judge?.agreement).toMatchObject({ pairs: 16, consistent: 1 });
    expect(new Set(result.quality.judge?.pairs.map(({ verdict }) => verdict))).toEqual(new Set(['one']));
    const { spentUsd } = result.quality.judge ?? { spentUsd: 0 };
    const measured = result.calls.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
    expect(result.spend.spentUsd).toBeCloseTo(measured + spentUsd, 8);
    expect(said).toMatch(/136 calls: 8 questions × 2 runs[^]*100\.0 %[^]*Judge us\.meta/);
    expect(said).not.toContain(SECRET);
    expect(readFileSync(written('.html'), 'utf8')).not.toContain(SECRET);

    const output = captureOutput();
    const recommended = (...constraints: readonly string[]) =>
      recommendCommand(
        written('.json'),
        withRecommendOptions(new Command('recommend'))
          .parse([written('.json'), ...constraints], { from: 'user' })
          .opts<RecommendOptions>(),
      );
    // 16 calls without a failure show no rate of failures below 5 %.
    expect(recommended()).toBe(EXIT.notShown);
    expect(output.text()).toContain('--max-failure-rate: calls throttled or failed: 0.0 % [0.0 %, 20.6 %]');
    expect(files().filter((name) => name.endsWith('.model-config.json'))).toEqual([]);
    // Of the two, the other one is shown to answer worse than that, which leaves no fallback.
    expect(recommended('--max-failure-rate', '0.25', '--min-quality', '0.9')).toBe(EXIT.failed);
    expect(recommended('--max-p95', '0.001')).toBe(EXIT.failed);
    expect(recommended('--max-failure-rate', '0.25')).toBe(EXIT.done);
    expect(output.text()).toContain(`primary   ${SONNET}`);
    const deployed: unknown = JSON.parse(readFileSync(written('.model-config.json'), 'utf8'));
    expect(modelConfigSchema.parse(deployed).types.general?.primary.modelId).toBe(SONNET);
  });

  it('leaves out what might pass the cap, and goes on with a higher one where it stopped', async () => {
    const argv = ['--max-cost', '0.002', '--api', 'converse', '--warmup', '0', '--runs', '10'];
    const { exitCode, result } = await measureCommand(options(...argv), tell, none);
    expect(exitCode).toBe(EXIT.incomplete);
    expect(result.spend.spentUsd).toBeLessThanOrEqual(0.002);
    expect(result.skipped.length).toBeGreaterThan(0);
    expect(said).toContain('To go on with a higher --max-cost: --resume ');

    const resume = ['--resume', written('.journal.jsonl'), '--max-cost', '1'];
    const resumed = await measureCommand(options(...resume), tell, none);
    expect(resumed.exitCode).toBe(EXIT.done);
    const made = resumed.result.calls.map(({ index }) => index).sort((one, other) => one - other);
    expect(made).toEqual(Array.from({ length: 160 }, (_, index) => index));
    expect(files().map((name) => name.replace(/^[^.]*/, ''))).toEqual(['.csv', '.html', '.json']);
  });

  it('does not go on below what it has spent, nor with other questions', async () => {
    const argv = ['--max-cost', '0.002', '--api', 'converse', '--warmup', '0', '--runs', '10'];
    await measureCommand(options(...argv), tell, none);
    const journal = written('.journal.jsonl');
    const lower = options('--resume', journal, '--max-cost', '0.0001');
    await expect(measureCommand(lower, tell, none)).rejects.toThrow(
      /has spent \$0\.\d+ already: give a --max-cost/,
    );
    writeFileSync(join(folder, 'questions.json'), JSON.stringify(questions.slice(1)));
    const others = options('--resume', journal, '--max-cost', '1');
    await expect(measureCommand(others, tell, none)).rejects.toThrow('questions differ');
  });

  it('keeps what was measured when it is interrupted', async () => {
    const interruption = new AbortController();
    const pace = ['--rate', '100', '--runs', '50', '--api', 'converse'];
    const running = measureCommand(options(...pace), tell, interruption.signal);
    // A warm-up measures nothing.
    const isMeasured = () =>
      existsSync(written('.journal.jsonl')) &&
      readFileSync(written('.journal.jsonl'), 'utf8').includes('"warmup":false');
    while (!isMeasured()) await sleep(20);
    interruption.abort();
    const { exitCode, result } = await running;
    expect(exitCode).toBe(EXIT.interrupted);
    expect(result.finishedAt).toBeNull();
    expect(result.calls.length).toBeGreaterThan(0);
    expect(readResultFile(written('.json')).calls).toHaveLength(result.calls.length);
    expect(said).toContain('--resume ');
  });

  it('judges under the same cap, and can go on judging with a higher one', async () => {
    const price = `${JUDGE}=900,900`;
    const judging = ['--judge', JUDGE, '--price', price, '--api', 'converse', '--runs', '1'];
    const { exitCode, result } = await measureCommand(options(...judging, '--max-cost', '3'), tell, none);
    expect(exitCode).toBe(EXIT.incomplete);
    expect(result.skipped).toEqual([]);
    expect(result.spend.spentUsd).toBeLessThanOrEqual(3);
    expect(result.quality.judge?.agreement.skipped).toBeGreaterThan(0);

    const resume = ['--resume', written('.journal.jsonl'), '--max-cost', '1000'];
    const resumed = await measureCommand(options(...judging, ...resume), tell, none);
    expect(resumed.exitCode).toBe(EXIT.done);
    expect(resumed.result.quality.judge?.agreement).toMatchObject({ pairs: 8, skipped: 0 });
  });

  it.each(['0', '1'])('fails and writes nothing where no model exists (%s warm-up)', async (warmup) => {
    const argv = ['--models', ABSENT, '--runs', '1', '--api', 'converse', '--warmup', warmup];
    const output = captureOutput();
    const { exitCode } = await measureCommand(options(...argv), tell, none);
    expect(exitCode).toBe(EXIT.failed);
    // There is none to look at.
    expect(said).toMatch(/No call was answered: ResourceNotFoundException \d\.\n$/);
    expect(output.text()).toContain('Measuring: 1 of 1 calls;');
    expect(files()).toEqual([]);
  });

  it('asks no more for a model that does not exist, says so once, and goes on with the others', async () => {
    const argv = ['--models', `${NOVA},${ABSENT}`, '--runs', '8'];
    const output = captureOutput();
    const { exitCode, result } = await measureCommand(options(...argv), tell, none);
    expect(exitCode).toBe(EXIT.incomplete);
    const asked = (model: string) => result.calls.filter((call) => call.model === model);
    expect([asked(NOVA).length, asked(ABSENT).length]).toEqual([2 * (1 + 64), 1]);
    expect(output.text().match(/Bedrock in us-east-1 does not call us\.anthropic/g)).toHaveLength(1);
    // In Bedrock's own words.
    expect(result.warnings.join()).toMatch(
      /does not call us\.anthropic\.claude-3-sonnet\S+ ".*reached the end of its life/,
    );
    expect(verdictOf(result)).toMatchObject({
      tone: 'bad',
      text: `128 of 128 calls answered (100.0 %), 128 left out. Not measured: ${ABSENT}.`,
    });
    // Nothing is paid for an emulated model.
    expect(output.text()).toMatch(/ 131 of 131 calls; would cost: \$0\.\d+, and what has no price; /);
    expect(output.text()).not.toMatch(/spent/i);
    expect(said).not.toContain('--resume');
    const [recommendation] = recommend(result, { maxFailureRate: 0.1, differentVendors: false });
    expect(recommendation?.rejected.map(({ figures }) => figures.model)).toEqual([ABSENT]);
  });

  it('says of a model without a price that what it costs is not known, and counts one as one', async () => {
    const output = captureOutput();
    const argv = ['--models', JUDGE, '--judge', NOVA, '--api', 'converse', '--runs', '1'];
    const { exitCode } = await measureCommand(options(...argv), tell, none);
    expect(exitCode).toBe(EXIT.done);
    expect(said).toContain('9 calls: 8 questions × 1 run × 1 model × 1 region (us-east-1) × converse,');
    expect(said).toContain(`${NOVA} has nothing to judge: that takes two models.`);
    expect(said).toMatch(/^Cost: not known, by prices of/m);
    expect(output.text()).toContain('Measuring: 9 of 9 calls; would cost: not known; ');
    expect(said + output.text() + readFileSync(written('.html'), 'utf8')).not.toContain('$0 ');
  });

  it('refuses to measure no model', async () => {
    await expect(measureCommand(parse([]), tell, none)).rejects.toThrow('Name the models to measure');
  });

  it.each([
    ['a region that is not emulated', ['--region', 'eu-west-1'], 'emulates us-east-1 and us-west-2 only'],
    [
      'a judge without a price under a cap',
      ['--judge', JUDGE, '--max-cost', '1'],
      'needs a price for the judge',
    ],
    ['a model without a price under a cap', ['--models', 'x.y', '--max-cost', '1'], 'none for x.y'],
    ['a cap that holds nothing', ['--max-cost', '0.000001'], 'more than the cap'],
    ['another journal', ['--resume', 'nothing.journal.jsonl'], 'nothing.journal.jsonl is not there'],
  ])('refuses %s before it calls anything', async (_, argv, message) => {
    await expect(measureCommand(options(...argv), tell, none)).rejects.toThrow(message);
    expect(files()).toEqual([]);
  });
});
