import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { PORTS, type MetricTotal } from '@assistant/emulator';
import { DEMO_KEY } from '../../contract/callers';
import { circuitTableName, type Phase } from '../../contract/circuit';
import { defaultModelConfig } from '../../contract/default-model-config';
import { METRICS } from '../../contract/metrics';
import type { ModelRule } from '../../contract/model-config';
import type { Extension } from '../../contract/openai';
import { DEFAULT_REQUEST_TYPE } from '../../contract/question';
import { selectRule } from '../../contract/select-rule';
import { CircuitAdmin } from '../../operator/circuits/circuit-admin';
import { serveCanonicalModel } from '../support/canonical-model';
import { startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';

const { primary, fallback } = selectRule(
  defaultModelConfig,
  shippedConfig().regions.primary,
  DEFAULT_REQUEST_TYPE,
);
export const [PRIMARY, FALLBACK] = [primary.modelId, fallback.modelId];

/** Shorter than a tier's time: a silent model is known before that is up. */
export const LIMITS = { firstSignMs: 2_000, gapMs: 1_500 };
export const BUDGET = { totalMs: 11_000, primaryMs: 5_500, reserveMs: 500 };

/** A minute's outage, the waits in it and the thirty seconds after it, in a tenth of their time. */
export const COMPRESSED = 10;
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

/** Callers at once. */
export const CALLERS = 10;

/** A type whose rule lets no model go on with another one's answer. */
export const RESTARTING = 'restarting';

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

export type Way = (region: FaultyRegion) => Promise<Outcome>;

export const fixed = (value: number) => ({ kind: 'fixed', value });

/** A region whose models misbehave as they are told; each healthy one says the same text. */
export class FaultyRegion {
  private constructor(
    private readonly running: RunningSystem,
    /** Who answers for all of its models. */
    readonly server: Awaited<ReturnType<typeof serveCanonicalModel>>,
  ) {}

  static async start(): Promise<FaultyRegion> {
    const server = await serveCanonicalModel();
    // The canary's calls would be counted with the callers'.
    const canary = { ...shippedConfig().canary, enabled: false };
    const served = { kind: 'openai', url: server.url, model: 'canonical' } as const;
    const running = await startSystem({ budget: BUDGET, circuit: CIRCUIT, canary }, served);
    const region = new FaultyRegion(running, server);
    await region.control('PUT', '/configuration', impatientRules());
    // First requests pay for cold starts, of an instance for each caller in both tiers.
    await region.behave({ models: [{ model: '*', timeToFirstTokenMs: fixed(1_000) }] });
    await region.askAtOnce();
    await region.askAtOnce(askStreamed);
    await region.fault({ mode: 'denied' });
    await region.askAtOnce();
    return region;
  }

  async stop(): Promise<void> {
    await this.running.stop();
    this.server.close();
  }

  /** Ends the faults of its models. */
  async heal(): Promise<void> {
    await this.running.send('control', 'DELETE', '/faults');
    await this.running.send('control', 'DELETE', '/models');
  }

  /** Heals its models, closes their circuits, and waits until all of its instances know. */
  async rest(): Promise<void> {
    this.server.model.goesOn = 'anew';
    await this.heal();
    const isQuiet = await this.areClosed();
    await this.closeCircuits();
    if (isQuiet) return;
    // An instance whose read is late goes by what it knew, and one that was frozen with a failure tells of it when it
    // wakes, up to seconds later; after so many rounds, a test says what is wrong.
    for (let round = 0; round < 5; round += 1) {
      await this.letReadsAge();
      const answers = await this.askAtOnce();
      await sleep(250);
      if (answers.every(({ tier }) => tier === 'primary') && (await this.areClosed())) return;
      await this.closeCircuits();
    }
  }

  /** Waits until no instance goes by what it has read of a circuit so far. */
  async letReadsAge(): Promise<void> {
    await sleep(FRESH_MS + 100);
  }

  ask(request: object) {
    return this.running.ask(request, 'primary');
  }

  get openAiUrl(): string {
    return `http://127.0.0.1:${this.running.portBase + PORTS.primary}/v1`;
  }

  askAtOnce(ask: Way = askPlainly): Promise<readonly Outcome[]> {
    return Promise.all(Array.from({ length: CALLERS }, () => ask(this)));
  }

  /** Asks ten at once, again and again, until the primary model's circuit is not closed any more. */
  async askUntilOpen(): Promise<readonly Outcome[]> {
    const answers: Outcome[] = [];
    // What an instance that knows the model as good takes for an exception the first time, it no longer does the second.
    for (let round = 0; round < 3 && (await this.phaseOf(PRIMARY)) === 'closed'; round += 1) {
      answers.push(...(await this.askAtOnce()));
    }
    expect(await this.phaseOf(PRIMARY)).not.toBe('closed');
    return answers;
  }

  /** @param values by default of its primary model */
  async fault(values: object): Promise<void> {
    await this.control('POST', '/faults', {
      region: 'primary',
      target: 'bedrock',
      model: PRIMARY,
      ...values,
    });
  }

  async behave(settings: object): Promise<void> {
    await this.control('POST', '/models', settings);
  }

  async phaseOf(model: string): Promise<Phase> {
    const circuits = await this.withCircuits((admin) => admin.list());
    return circuits.find((found) => found.model === model)?.phase ?? 'closed';
  }

  async inputTokens(model: string): Promise<number> {
    const { body } = await this.running.send('control', 'GET', '/metrics?region=primary');
    return (body as unknown as MetricTotal[])
      .filter(({ name, dimensions }) => name === METRICS.inputTokens && dimensions.model === model)
      .reduce((total, { sum }) => total + sum, 0);
  }

  /** Runs what it is given, and counts the calls that reached each model, and failed, meanwhile. */
  async counting<T>(act: () => Promise<T>) {
    const calls = async () => (await this.running.status()).regions.primary.modelCalls;
    const before = await calls();
    const logged = this.running.logs.length;
    const result = await act();
    const after = await calls();
    const difference = (model: string) => (after[model] ?? 0) - (before[model] ?? 0);
    const failed = this.running.logs
      .slice(logged)
      .filter((line) => line.includes('"message":"model_call_failed"'));
    return {
      result,
      primary: difference(PRIMARY),
      fallback: difference(FALLBACK),
      failures: failed.map((line) => /"failure":"(\w+)"/.exec(line)?.[1]),
      durationsMs: failed.map((line) => Number(/"durationMs":(\d+)/.exec(line)?.[1])),
    };
  }

  private async areClosed(): Promise<boolean> {
    return [await this.phaseOf(PRIMARY), await this.phaseOf(FALLBACK)].every((phase) => phase === 'closed');
  }

  private closeCircuits(): Promise<void> {
    return this.withCircuits(async (admin) => {
      for (const model of [PRIMARY, FALLBACK]) await admin.force(model, 'closed');
    });
  }

  private async withCircuits<T>(act: (admin: CircuitAdmin) => Promise<T>): Promise<T> {
    const { dynamoDb } = (await this.running.status()).regions.primary.clients;
    const admin = new CircuitAdmin(circuitTableName(shippedConfig().project), dynamoDb);
    return act(admin).finally(() => {
      admin.close();
    });
  }

  private async control(method: 'PUT' | 'POST', path: string, values: object): Promise<void> {
    const { status, body } = await this.running.send('control', method, path, JSON.stringify(values));
    expect([status, body]).toEqual([method === 'POST' && path === '/faults' ? 201 : 200, expect.anything()]);
  }
}

/** The shipped rules with shorter limits, and a type beside theirs that goes on with no answer. */
function impatientRules() {
  const impatient = (rule: ModelRule): ModelRule => ({
    ...rule,
    primary: { ...rule.primary, ...LIMITS, contextTokens: 200_000 },
    // Larger, so that what is too long for the first may fit.
    fallback: { ...rule.fallback, ...LIMITS, contextTokens: 1_000_000 },
  });
  const types = Object.entries(defaultModelConfig.types).map(([type, rule]) => [type, impatient(rule)]);
  const general = impatient(defaultModelConfig.default);
  return {
    ...{ ...defaultModelConfig, default: general },
    types: { ...Object.fromEntries(types), [RESTARTING]: { ...general, onBreak: 'restart' } } as object,
  };
}

export async function askPlainly(region: FaultyRegion): Promise<Outcome> {
  const { status, body } = await region.ask({ question: 'Hi?' });
  if (status !== 200) return { error: body.error };
  const usage = body.usage as { readonly inputTokens: number };
  const { tier, model: name, stopReason } = body;
  return { text: body.answer as string, tier, model: name, stopReason, tokens: usage.inputTokens };
}

/** By OpenAI's own client, whose retries are off. */
export async function askStreamed(region: FaultyRegion, type = DEFAULT_REQUEST_TYPE): Promise<Outcome> {
  const client = new OpenAI({ baseURL: region.openAiUrl, apiKey: DEMO_KEY, maxRetries: 0 });
  try {
    const stream = await client.chat.completions.create({
      model: type,
      messages: [{ role: 'user', content: 'Hi?' }],
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
