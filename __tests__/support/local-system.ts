import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { type RegionStatus, type Status, PORTS } from '@assistant/emulator';
import {
  LocalSystem,
  type LocalSystemOptions,
  type BedrockMode,
  type Resource,
} from '@assistant/emulator/run';
import { DEMO_KEY } from '../../contract/callers';
import { defaultModelConfig } from '../../contract/default-model-config';
import type { ModelRule } from '../../contract/model-config';
import { shippedConfig, synthesize } from './synthesize';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Of a system with both regions. */
export type WholeStatus = Status & {
  readonly regions: Readonly<Record<'primary' | 'secondary', RegionStatus>>;
};

/** A running system, and the requests that tests send it. */
export interface RunningSystem {
  readonly system: LocalSystem;
  readonly portBase: number;
  /** Each line that a function or a service logged. */
  readonly logs: readonly string[];
  /** Asks a question at the failover name, or at a region's own. */
  ask(request: unknown, at?: keyof typeof PORTS): Promise<Answer>;
  /** Sends any request to one of the ports. */
  send(
    at: keyof typeof PORTS,
    method: string,
    path: string,
    body?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** Injects a fault; by default into the models of both regions. */
  fault(values: object): Promise<Answer>;
  status(): Promise<WholeStatus>;
  stop(): Promise<void>;
}

/** Circuits stay closed: they have tests of their own. */
export const CLOSED_CIRCUITS = (): Pick<AssistantConfig, 'circuit'> => ({
  circuit: { ...shippedConfig().circuit, failures: 1_000, minimumCalls: 20, failureRate: 1 },
});

/** Also short budgets, for models that keep silent; longer than a cold start takes on a busy machine. */
export const IMPATIENT = (): Pick<AssistantConfig, 'budget' | 'circuit'> => ({
  budget: { totalMs: 6_000, primaryMs: 2_500, reserveMs: 500 },
  ...CLOSED_CIRCUITS(),
});

/** A request type whose answers are gone on with by the fallback model, where `withContinuing` has made one. */
export const CONTINUING = 'continuing';

/**
 * In force where no function has read its rules yet.
 * @param limits of each model, in milliseconds
 */
export async function withContinuing(
  running: RunningSystem,
  limits: Pick<ModelRule['primary'], 'firstSignMs' | 'gapMs'> = {},
): Promise<void> {
  const { types, default: general, ...others } = defaultModelConfig;
  const rule = {
    ...general,
    primary: { ...general.primary, ...limits },
    fallback: { ...general.fallback, ...limits },
  };
  const rules = {
    ...others,
    default: rule,
    types: { ...types, general: rule, [CONTINUING]: { ...rule, onBreak: 'continue' } },
  };
  const { status, body } = await running.send('control', 'PUT', '/configuration', JSON.stringify(rules));
  if (status !== 200) throw new Error(`The rules are not taken: ${JSON.stringify(body)}`);
}

/** By which a caller is known on a laptop. */
export const WITH_KEY = { 'x-api-key': DEMO_KEY };

export const JSON_TYPE = { 'Content-Type': 'application/json' };

/** An authorizer that knows everybody as `shop`, in a usage plan of the stack. */
export const letIn = (resources: readonly Resource[]) => () =>
  Promise.resolve({
    payload: {
      principalId: 'shop',
      usageIdentifierKey: resources.find(({ type }) => type === 'aws_api_gateway_api_key')?.values.value,
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
      },
    },
  });

/** No test but that of ceilings counts what it asks. */
const withoutLimits = (): Partial<AssistantConfig> => ({
  callers: { ...shippedConfig().callers, limits: {} },
});

/** Of an endpoint: at speed, Route 53's sixteen are most of what a system does. One alone does not make it unhealthy. */
const CHECKERS = 4;

/**
 * Synthesizes the system with some values configured otherwise, and runs what came out. A function's instances share a
 * thread from the first on: to start threads would be a sixth of what the systems of tests do.
 */
export async function startSystem(
  overrides: Partial<AssistantConfig> = {},
  bedrock: BedrockMode = { kind: 'stand-in' },
  {
    speed = 1,
    lambda = {},
    page,
    checkers = CHECKERS,
  }: Pick<LocalSystemOptions, 'speed' | 'lambda' | 'page' | 'checkers'> = {},
): Promise<RunningSystem> {
  const app = synthesize({ ...withoutLimits(), ...overrides });
  const { COMPILED_FOLDER } = process.env;
  const logs: string[] = [];
  const { system, portBase } = await startOnFreePorts({
    outDir: app.directory,
    bedrock,
    speed,
    lambda: { ownThreads: 0, ...(COMPILED_FOLDER && { compiledFolder: COMPILED_FOLDER }), ...lambda },
    ...(page && { page }),
    checkers,
    onLog: (role, source, line) => logs.push(`${role} ${source} ${line}`),
  });
  const send: RunningSystem['send'] = async (at, method, path, body, headers) => {
    const response = await fetch(`http://127.0.0.1:${portBase + PORTS[at]}${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: { ...(at === 'control' ? {} : WITH_KEY), ...headers },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Answer['body'],
    };
  };
  return {
    system,
    portBase,
    logs,
    send,
    fault: (values) =>
      send('control', 'POST', '/faults', JSON.stringify({ region: 'both', target: 'bedrock', ...values })),
    status: async () => {
      const { status, body } = await send('control', 'GET', '/status');
      if (status !== 200) throw new Error(`The status is not to be had: ${JSON.stringify(body)}`);
      return body as unknown as WholeStatus;
    },
    ask: (request, at = 'failover') => send(at, 'POST', '/', JSON.stringify(request), JSON_TYPE),
    stop: async () => {
      await system.close();
      app.remove();
    },
  };
}

/** Ports that were free may be taken a moment later: other test files start systems at the same time. */
async function startOnFreePorts(options: Omit<LocalSystemOptions, 'portBase'>) {
  for (;;) {
    const portBase = await freePortBase();
    try {
      return { system: await LocalSystem.start({ ...options, portBase }), portBase };
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    }
  }
}

/** Below the ports that Linux hands out to whoever asks for any. */
const PORT_BASES = { from: 10_000, to: 32_000 };

/** A base above which the ports that a run needs are free; other test files look for theirs at the same time. */
export async function freePortBase(): Promise<number> {
  for (;;) {
    const { from, to } = PORT_BASES;
    const base = from + Math.floor(Math.random() * (to - from));
    const free = await Promise.all(Object.values(PORTS).map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve((server.address() as AddressInfo | null) === null);
      });
    });
  });
}
