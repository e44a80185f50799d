import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { PORTS, type MetricTotal } from '@assistant/emulator';
import { DEMO_KEY } from '../../contract/callers';
import { circuitTableName, type Phase } from '../../contract/circuit';
import { defaultModelConfig } from '../../contract/default-model-config';
import { METRICS } from '../../contract/metrics';
import type { Extension } from '../../contract/openai';
import { CircuitAdmin } from '../../operator/circuits/circuit-admin';
import { serveCanonicalModel } from '../support/canonical-model';
import { type Answer, startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';

/**
 * Of each pair, the first of these that is still good answers, and the other takes over for it: what one test does to its
 * own, no other test meets. A model whose circuit has opened is used no more.
 */
const PRIMARIES = ['us', 'global'].flatMap((geography) =>
  // None of them thinks before it speaks, as the rules have it.
  ['haiku-5-5', 'sonnet-5', 'opus-5', 'opus-4-8', 'sonnet-4-6', 'haiku-4-5-20251001-v1:0'].map(
    (name) => `${geography}.anthropic.claude-${name}`,
  ),
);
const FALLBACKS = [
  ...['us.amazon.nova-2-lite-v1:0', 'global.amazon.nova-2-lite-v1:0', 'amazon.nova-micro-v1:0'],
  ...['us.amazon.nova-micro-v1:0', 'amazon.nova-lite-v1:0', 'us.amazon.nova-lite-v1:0'],
];

/** A primary model's: shorter than its tier's time, so that a silent one is known before that is up. */
export const LIMITS = { firstSignMs: 2_000, gapMs: 1_500 };
/** Much longer: what a question takes beside its waits is a busy machine's doing. */
export const BUDGET = { totalMs: 20_000, primaryMs: 8_000, reserveMs: 500 };

/** A minute's outage, the waits in it and the thirty seconds after it, in a sixth of their time. */
export const COMPRESSED = 6;
const CIRCUIT = {
  ...shippedConfig().circuit,
  failures: 5,
  // An instance's own rate has tests of its own.
  ...{ minimumCalls: 20, failureRate: 1 },
  openSeconds: shippedConfig().circuit.openSeconds / COMPRESSED,
  maxOpenSeconds: shippedConfig().circuit.maxOpenSeconds / COMPRESSED,
};

/** Then an instance goes by what it has read of a circuit no more, and waits for a read that a busy machine is late with. */
const FRESH_MS = 2_000;

/** Callers at once: enough of them to open a circuit. */
export const CALLERS = 6;

/** What came of a question, as its caller sees it. */
export interface Outcome {
  /** Of what passes for a whole answer. */
  readonly text?: string;
  readonly tier?: unknown;
  readonly model?: unknown;
  readonly stopReason?: unknown;
  readonly tokens?: number;
  /** Of what is no answer. */
  readonly error?: unknown;
}

export type Way = (models: FaultyModels, question?: string, type?: string) => Promise<Outcome>;

export const fixed = (value: number) => ({ kind: 'fixed', value });

/** A region whose models misbehave as they are told; each healthy one says the same text. */
export class FaultyRegion {
  private readonly free = FALLBACKS.map((fallback, index) => ({
    fallback,
    primaries: PRIMARIES.filter((_, rank) => rank % FALLBACKS.length === index),
  }));
  private readonly behaviours = new Map<string, object>();
  private behaving: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly running: RunningSystem,
    readonly circuits: CircuitAdmin,
    /** Who answers for all of its models. */
    readonly server: Awaited<ReturnType<typeof serveCanonicalModel>>,
  ) {}

  static async start(): Promise<FaultyRegion> {
    const server = await serveCanonicalModel();
    // The canary's calls would be counted with the callers'.
    const canary = { ...shippedConfig().canary, enabled: false };
    const served = { kind: 'openai', url: server.url, model: 'canonical' } as const;
    const running = await startSystem({ budget: BUDGET, circuit: CIRCUIT, canary }, served);
    const { dynamoDb } = (await running.status()).regions.primary.clients;
    const circuits = new CircuitAdmin(circuitTableName(shippedConfig().project), dynamoDb);
    const region = new FaultyRegion(running, circuits, server);
    await region.control('PUT', '/configuration', impatientRules());
    // First requests pay for cold starts, of an instance for each caller in both tiers.
    const slowly = { timeToFirstTokenMs: fixed(1_000) };
    const warm = (prepare: (models: FaultyModels) => Promise<unknown>, ask: Way) =>
      region.lend(async (models) => {
        await prepare(models);
        await models.askAtOnce(ask);
      });
    await Promise.all([
      warm((models) => models.behave(slowly), askPlainly),
      warm((models) => models.behave(slowly), askStreamed),
      warm((models) => models.fault({ mode: 'slow', ms: 1_000 }), askPlainly),
    ]);
    await warm((models) => models.fault({ mode: 'denied' }), askPlainly);
    return region;
  }

  async stop(): Promise<void> {
    this.circuits.close();
    await this.running.stop();
    this.server.close();
  }

  /** Runs a test with models that no other one has meanwhile; as many at a time as there are pairs. */
  async lend(test: (models: FaultyModels) => Promise<void>): Promise<void> {
    const pair = this.free.shift();
    const [primary] = pair?.primaries ?? [];
    if (pair === undefined || primary === undefined) throw new Error('There are more tests than models.');
    const models = new FaultyModels(this, primary, pair.fallback);
    try {
      await test(models);
    } finally {
      await models.heal();
      if ((await models.phase()) === 'closed') await models.forget();
      else pair.primaries.shift();
      if (pair.primaries.length > 0) this.free.push(pair);
    }
  }

  /** Sets how a model behaves, beside all others; by default as a healthy one. */
  async behave(model: string, behaviour?: object, seed = 1): Promise<void> {
    if (behaviour === undefined) this.behaviours.delete(model);
    else this.behaviours.set(model, { model, region: 'primary', ...behaviour });
    // One after the other: each says it of all.
    this.behaving = this.behaving.then(() =>
      this.control('POST', '/models', { seed, models: [...this.behaviours.values()] }),
    );
    await this.behaving;
  }

  /** @returns what the control port answers to what it takes */
  async control(method: 'PUT' | 'POST', path: string, values: object): Promise<Answer['body']> {
    const { status, body } = await this.running.send('control', method, path, JSON.stringify(values));
    expect([status, body]).toEqual([path === '/faults' ? 201 : 200, expect.anything()]);
    return body;
  }
}

/** A primary model of a region, and the one that takes over for it. */
export class FaultyModels {
  private readonly faults: unknown[] = [];
  private isBehaving = false;

  constructor(
    readonly region: FaultyRegion,
    readonly primary: string,
    readonly fallback: string,
  ) {}

  /** Of questions that they answer. */
  get type(): string {
    return typeOf(this.primary);
  }

  /** The same, but none goes on with the other's answer. */
  get restarting(): string {
    return `${this.type}-restarting`;
  }

  /** @param values by default of the primary model */
  async fault(values: object): Promise<void> {
    const subject = { region: 'primary', target: 'bedrock', model: this.primary };
    const { id } = await this.region.control('POST', '/faults', { ...subject, ...values });
    this.faults.push(id);
  }

  /** How the primary model behaves. */
  async behave(behaviour: object, seed?: number): Promise<void> {
    this.isBehaving = true;
    await this.region.behave(this.primary, behaviour, seed);
  }

  /** Ends their faults. */
  async heal(): Promise<void> {
    const { running } = this.region;
    // Some have run out.
    for (const id of this.faults.splice(0)) await running.send('control', 'DELETE', `/faults/${String(id)}`);
    if (this.isBehaving) await this.region.behave(this.primary);
    this.isBehaving = false;
  }

  /** Their circuits have counted nothing. */
  async forget(): Promise<void> {
    for (const model of [this.primary, this.fallback]) await this.region.circuits.force(model, 'closed');
  }

  askAtOnce(ask: Way = askPlainly): Promise<readonly Outcome[]> {
    return Promise.all(Array.from({ length: CALLERS }, () => ask(this)));
  }

  /** Asks all at once, again and again, until the primary model's circuit is not closed any more. */
  async askUntilOpen(): Promise<readonly Outcome[]> {
    const answers: Outcome[] = [];
    // What an instance that knows the model as good takes for an exception the first time, it no longer does the second.
    for (let round = 0; round < 3 && (await this.phase()) === 'closed'; round += 1) {
      answers.push(...(await this.askAtOnce()));
    }
    expect(await this.phase()).not.toBe('closed');
    return answers;
  }

  /** Of the primary model's circuit. */
  async phase(): Promise<Phase> {
    const circuits = await this.region.circuits.list();
    return circuits.find(({ model }) => model === this.primary)?.phase ?? 'closed';
  }

  /** Waits until no instance goes by what it has read of a circuit so far. */
  async letReadsAge(): Promise<void> {
    await sleep(FRESH_MS + 100);
  }

  /** Counted of the primary model, and of the fallback. */
  async inputTokens(): Promise<readonly [number, number]> {
    const { body } = await this.region.running.send('control', 'GET', '/metrics?region=primary');
    const of = (model: string) =>
      (body as unknown as MetricTotal[])
        .filter(({ name, dimensions }) => name === METRICS.inputTokens && dimensions.model === model)
        .reduce((total, { sum }) => total + sum, 0);
    return [of(this.primary), of(this.fallback)];
  }

  /** Runs what it is given, and counts the calls that reached each model, and failed, meanwhile. */
  async counting<T>(act: () => Promise<T>) {
    const { running } = this.region;
    const calls = async () => (await running.status()).regions.primary.modelCalls;
    const before = await calls();
    const logged = running.logs.length;
    const result = await act();
    const after = await calls();
    const difference = (model: string) => (after[model] ?? 0) - (before[model] ?? 0);
    const failed = running.logs
      .slice(logged)
      .filter((line) => line.includes('"message":"model_call_failed"'))
      .filter((line) => [this.primary, this.fallback].some((model) => line.includes(`"model":"${model}"`)));
    return {
      result,
      primary: difference(this.primary),
      fallback: difference(this.fallback),
      failures: failed.map((line) => /"failure":"(\w+)"/.exec(line)?.[1]),
      durationsMs: failed.map((line) => Number(/"durationMs":(\d+)/.exec(line)?.[1])),
    };
  }
}

const typeOf = (model: string) => model.replace(/[^a-z0-9-]/g, '-');

/** The shipped rules, and for each primary model two types with its shorter limits: one of them restarts. */
function impatientRules() {
  const { default: general } = defaultModelConfig;
  const rules = PRIMARIES.map((primary, rank) => ({
    ...general,
    primary: { ...general.primary, modelId: primary, ...LIMITS, contextTokens: 200_000 },
    // Larger, so that what is too long for the first may fit.
    fallback: { modelId: FALLBACKS[rank % FALLBACKS.length], contextTokens: 1_000_000 },
  }));
  const types = rules.flatMap((rule) => [
    [typeOf(rule.primary.modelId), rule],
    [`${typeOf(rule.primary.modelId)}-restarting`, { ...rule, onBreak: 'restart' }],
  ]);
  return { ...defaultModelConfig, types: Object.fromEntries(types) as object };
}

export async function askPlainly(
  models: FaultyModels,
  question = 'Hi?',
  type = models.type,
): Promise<Outcome> {
  const { status, body } = await models.region.running.ask({ question, type }, 'primary');
  if (status !== 200) return { error: body.error };
  const usage = body.usage as { readonly inputTokens: number };
  const { tier, model: name, stopReason } = body;
  return { text: body.answer as string, tier, model: name, stopReason, tokens: usage.inputTokens };
}

/** By OpenAI's own client, whose retries are off. */
export async function askStreamed(
  { region, type: own }: FaultyModels,
  question = 'Hi?',
  type = own,
): Promise<Outcome> {
  const baseURL = `http://127.0.0.1:${region.running.portBase + PORTS.primary}/v1`;
  const client = new OpenAI({ baseURL, apiKey: DEMO_KEY, maxRetries: 0 });
  try {
    const stream = await client.chat.completions.create({
      model: type,
      messages: [{ role: 'user', content: question }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let assistant: Extension | undefined;
    let last: OpenAI.ChatCompletionChunk | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      assistant = (chunk as { readonly assistant?: Extension }).assistant ?? assistant;
      last = chunk;
    }
    const { tier, stopReason } = assistant ?? {};
    return { text, tier, stopReason, model: last?.model, tokens: last?.usage?.prompt_tokens ?? -1 };
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    const { code, status } = error as { readonly code?: unknown; readonly status?: unknown };
    return { error: { code, status } };
  }
}
