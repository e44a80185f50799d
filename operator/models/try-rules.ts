import { setTimeout as delay } from 'node:timers/promises';
import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { callControl, type LogLine, portBase, PORTS } from '@assistant/emulator';
import type { DegradedAnswer, ErrorAnswer, ModelAnswer } from '../../contract/api';
import { circuitTableName } from '../../contract/circuit';
import type { ModelConfig } from '../../contract/model-config';
import { contentVersion } from '../../contract/model-config-version';
import { selectRule } from '../../contract/select-rule';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { readMachine } from '../benchmark/measure/machine';
import { createPlan } from '../benchmark/measure/plan';
import { pricesUsed, readPriceFile } from '../benchmark/measure/prices';
import { costOf } from '../benchmark/measure/spend/estimate';
import { assess } from '../benchmark/quality/assess';
import { asServed } from '../benchmark/questions/as-served';
import type { Question } from '../benchmark/questions/read-questions';
import type { JudgedResult } from '../benchmark/result-file';
import { type Call, SCHEMA_VERSION } from '../benchmark/result/result';
import { CircuitAdmin } from '../circuits/circuit-admin';
import { CommandError } from '../command/errors';
import { readStatus, requireRegion, type Role } from '../command/target';
import { counted } from '../command/words';
import { credentials, KEY_VARIABLE } from '../drill/traffic';
import { isUnderWay, ModelConfigStore, readable } from '../model-config/deployed-model-config';
import { randomFrom, shuffled } from '../statistics/shuffle';

/** What the answers are compared as: by which models, is what differs. */
const RULES = 'the rules';

/** An answer beside its call's figures. */
export interface TriedCall extends Call {
  readonly tier: ModelAnswer['tier'] | 'degraded' | 'none';
  readonly answeredBy: string | null;
}

export interface Tried extends JudgedResult {
  readonly calls: TriedCall[];
}

/** What is to be wrong meanwhile, as `fault add` takes it. */
export interface TriedFault {
  readonly target: string;
  readonly mode: string;
  readonly model?: string;
}

interface Trial {
  readonly config: AssistantConfig;
  readonly rules: ModelConfig;
  readonly questions: readonly Question[];
  readonly runs: number;
  readonly faults: readonly TriedFault[];
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  readonly note: (text: string) => void;
}

/** Below the rate that a caller is allowed, in milliseconds between two questions. */
const PACE_MS = 150;
const TIMEOUT_MS = 30_000;
const SEED = 1;
const ARMS = ['before', 'after'] as const;
type Arm = (typeof ARMS)[number];

const typeOf = (arm: Arm, type: string): string => `try-${arm}-${type}`;

/**
 * The rules in force, and beside them both those that are compared, as types of their own: they are asked by turns, so
 * that what the machine does meanwhile is done to both, and whoever asks for another type is answered as ever.
 */
export function sideBySide(
  deployed: ModelConfig,
  rules: ModelConfig,
  region: string,
  types: readonly string[],
): ModelConfig {
  const beside = types.flatMap((type) => [
    [typeOf('before', type), selectRule(deployed, region, type)] as const,
    [typeOf('after', type), selectRule(rules, region, type)] as const,
  ]);
  return { ...deployed, types: { ...deployed.types, ...Object.fromEntries(beside) } };
}

/**
 * Asks by the rules in force and by others, in the region that callers are not led to, and leaves it as it was: its
 * rules, its circuits, its faults.
 * @throws CommandError where something is under way there
 */
export async function tryRules(trial: Trial): Promise<readonly [before: Tried, after: Tried]> {
  const { config, rules, questions, faults, signal, note } = trial;
  const status = await readStatus();
  const role: Role = status.failover.servedBy === 'primary' ? 'secondary' : 'primary';
  const { region, clients } = requireRegion(status, role);
  // They can only be ended all at once.
  if (((await callControl('GET', '/faults')) as unknown[]).length > 0)
    throw new CommandError('Faults are in force. End them first: npm run assistant -- fault clear');
  const client = new AppConfigClient(clients.appConfig);
  const circuits = new CircuitAdmin(circuitTableName(config.project), clients.dynamoDb);
  const isOpen = async () =>
    (await circuits.list()).filter(({ phase }) => phase !== 'closed').map(({ model }) => model);
  try {
    const store = await ModelConfigStore.open(client, region, config);
    const before = await store.newest();
    if (isUnderWay(before))
      throw new CommandError(
        `Deployment ${before.deploymentNumber} is under way in ${region}: wait for its end.`,
      );
    await requireKey(role);
    const openBefore = await isOpen();
    const types = [...new Set(questions.map(({ type }) => type))];
    const both = sideBySide(readable(before).config, rules, region, types);
    try {
      await callControl('PUT', `/configuration?region=${role}`, both);
      // Rules that are older than two polls answer nobody.
      const waitMs = 2 * Math.max(1_000, (config.modelConfigPollSeconds * 1_000) / status.clock.speed) + 500;
      note(
        `The ${role} region (${region}), to which no caller is led, is asked in ${Math.ceil(waitMs / 1_000)} s.`,
      );
      await delay(waitMs, undefined, { signal });
      for (const fault of faults) await callControl('POST', '/faults', { ...fault, region: role });
      return await askAll(trial, { region, role, version: contentVersion(JSON.stringify(both)) });
    } finally {
      if (faults.length > 0) await callControl('DELETE', '/faults');
      for (const model of await isOpen())
        if (!openBefore.includes(model)) await circuits.force(model, 'closed');
      await store.takeBackTo(before);
    }
  } finally {
    circuits.close();
    client.destroy();
  }
}

const urlOf = (role: Role): string => `http://127.0.0.1:${portBase() + PORTS[role]}/`;

const headers = () => ({ 'Content-Type': 'application/json', ...credentials() });

/** By a question that is none, which costs nothing. @throws CommandError where its caller is refused */
async function requireKey(role: Role): Promise<void> {
  const { status } = await fetch(urlOf(role), { method: 'POST', headers: headers(), body: '{}' });
  if (status === 401)
    throw new CommandError(`The key is refused (401). export ${KEY_VARIABLE}: a caller's key or token.`);
}

interface Asking {
  readonly region: string;
  readonly role: Role;
  /** `configurationVersion` of the rules that have to answer. */
  readonly version: string;
}

async function askAll(trial: Trial, { region, role, version }: Asking): Promise<readonly [Tried, Tried]> {
  const { questions, runs, rules, signal, onProgress, note } = trial;
  const startedAt = new Date().toISOString();
  const url = urlOf(role);
  const random = randomFrom(SEED);
  const asked: { readonly arm: Arm; readonly requestId: string; readonly call: TriedCall }[] = [];
  const foreign = new Set<string>();
  const logs = async (since: number) =>
    (await callControl('GET', `/logs?region=${role}&since=${since}`)) as readonly LogLine[];
  let seen = (await logs(0)).at(-1)?.sequence ?? 0;
  for (let run = 1; run <= runs; run += 1) {
    for (const question of shuffled(questions, random)) {
      for (const arm of shuffled(ARMS, random)) {
        signal.throwIfAborted();
        const { call, requestId } = await askOne(url, question, typeOf(arm, question.type));
        const place = {
          index: asked.length,
          model: RULES,
          region,
          api: 'converse',
          run,
          warmup: false,
        } as const;
        asked.push({ arm, requestId, call: { ...call, ...place } });
        onProgress(asked.length, ARMS.length * runs * questions.length);
        await delay(PACE_MS, undefined, { signal });
      }
    }
    const lines = await logs(seen);
    seen = lines.at(-1)?.sequence ?? seen;
    for (const { line } of lines) {
      const [, by = version] = /"configurationVersion":"(\w+)"/.exec(line) ?? [];
      const [, requestId = ''] = /"requestId":"([^"]+)"/.exec(line) ?? [];
      if (by !== version) foreign.add(requestId);
    }
  }
  const own = asked.filter(({ requestId }) => !foreign.has(requestId));
  if (own.length < asked.length)
    note(
      `${counted(asked.length - own.length, 'answer was', 'answers were')} by rules from before, and ${asked.length - own.length === 1 ? 'is' : 'are'} left out.`,
    );
  const plan = createPlan(
    {
      ...{
        models: [RULES],
        regions: [region],
        apis: ['converse'],
        runs,
        concurrency: 1,
        warmup: 0,
        seed: SEED,
      },
      ...{ rate: { total: null, perModel: null }, maxCostUsd: null, deadlineMs: TIMEOUT_MS },
    },
    // The rules differ; what is asked does not.
    asServed(questions, rules),
  );
  const models = [...new Set(own.flatMap(({ call }) => call.answeredBy ?? []))];
  const tried = async (arm: Arm): Promise<Tried> => {
    const calls = own.filter((each) => each.arm === arm).map(({ call }) => call);
    return {
      ...{ schemaVersion: SCHEMA_VERSION, startedAt, finishedAt: new Date().toISOString(), plan, calls },
      ...{ machine: readMachine(), prices: pricesUsed(models, readPriceFile()), skipped: [], warnings: [] },
      ...{ spend: { spentUsd: 0, assumedUsd: 0 }, eventLoopDelayP99Ms: null },
      quality: await assess({ calls, plan }, questions, null),
    };
  };
  return [await tried('before'), await tried('after')];
}

type Answered = Omit<TriedCall, 'index' | 'model' | 'region' | 'api' | 'run' | 'warmup'>;

async function askOne(
  url: string,
  { id, type, question }: Question,
  askedType: string,
): Promise<{ readonly call: Answered; readonly requestId: string }> {
  const startedAt = new Date().toISOString();
  const began = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ question, type: askedType }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = (await response.json()) as ModelAnswer | DegradedAnswer | ErrorAnswer;
  const { status } = response;
  const call = { questionId: id, type, startedAt, status, totalMs: performance.now() - began };
  const { requestId } = body;
  if (!('tier' in body)) {
    const outcome = status === 429 ? 'throttled' : 'error';
    return {
      requestId,
      call: { ...call, outcome, errorName: body.error.code, costUsd: 0, tier: 'none', answeredBy: null },
    };
  }
  if (body.tier === 'degraded') {
    const degraded = { outcome: 'error', errorName: `degraded: ${body.reason}`, costUsd: 0 } as const;
    return {
      requestId,
      call: { ...call, ...degraded, text: body.answer, tier: 'degraded', answeredBy: null },
    };
  }
  const { answer, model, tier, stopReason, usage } = body;
  const price = pricesUsed([model], readPriceFile()).entries[model];
  const costUsd = price ? costOf(price, usage) : null;
  return {
    requestId,
    call: {
      ...call,
      ...usage,
      outcome: 'answered',
      costUsd,
      stopReason,
      text: answer,
      tier,
      answeredBy: model,
    },
  };
}
