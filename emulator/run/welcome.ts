import { setTimeout as sleep } from 'node:timers/promises';
import { CONTROL_ROUTES, PORTS } from '../control-api/ports';
import { unjudged } from '../services/bedrock-runtime/guardrail';
import { endpointOf } from '../services/bedrock-runtime/real-bedrock';
import type { StartOptions } from './command-line';
import { type BedrockMode, canInjectFaults } from './region/bedrock-mode';
import { StartError } from './start-error';
import type { LocalSystem } from './system';

interface WelcomeOptions extends Pick<StartOptions, 'portBase' | 'bedrock' | 'date'> {
  readonly page: string | undefined;
  readonly tryBody: string | undefined;
  readonly tryHeader: string | undefined;
  /** What is wrong, although the system runs. */
  readonly warnings: readonly string[];
}

/** What runs where, and what to try first. */
export function welcome(
  { regions, failover, route53 }: LocalSystem,
  { portBase, bedrock, date, page, tryBody, tryHeader, warnings }: WelcomeOptions,
): string {
  const url = (name: keyof typeof PORTS) => `http://127.0.0.1:${portBase + PORTS[name]}`;
  const row = (name: keyof typeof PORTS, where: string, what: string) =>
    `  ${name.padEnd(10)} ${where}  (${what})`;
  const notEmulated = new Set(regions.flatMap(({ stack }) => [...stack.notEmulated.keys()]));
  const guardrails = regions.flatMap(({ stack }) => stack.of('aws_bedrock_guardrail'));
  const onAws = [...new Set(guardrails.flatMap(unjudged))];
  const unhealthy = route53
    .status()
    .filter(({ healthy }) => !healthy)
    .map(({ name, reason }) => `The health check ${name} is unhealthy: ${reason}.`);
  const fault = `'{"region":"primary","target":"bedrock","mode":"error","seconds":60}'`;
  return [
    '',
    'Ready. The synthesized system is running:',
    row('failover', url('failover'), `${failover.name}, as callers reach it`),
    ...regions.map(({ role, stack: { region } }) => row(role, url(role), region)),
    row('dns', `127.0.0.1:${portBase + PORTS.dns}`, 'UDP and TCP: the hosted zone'),
    row('aws', url('aws'), 'AWS_ENDPOINT_URL: what operators call of AWS'),
    row('control', url('control'), CONTROL_ROUTES.join(', ')),
    `Models: ${describeMode(bedrock)}${date === undefined ? '' : `; which there are, as of ${date}`}`,
    ...(notEmulated.size > 0 ? [`Not emulated: ${[...notEmulated].sort().join(', ')}`] : []),
    ...(onAws.length > 0 ? [`Not judged here by the guardrail: ${onAws.join(', ')}`] : []),
    ...[...warnings, ...unhealthy].map((warning) => `Warning: ${warning}`),
    '',
    ...(page === undefined ? [] : [`Open ${url('control')}/ in a browser to ask, hurt and watch it.`, '']),
    'Try:',
    ...(tryBody === undefined
      ? []
      : [
          `  curl -s ${url('failover')}/ -H 'Content-Type: application/json'${tryHeader === undefined ? '' : ` -H '${tryHeader}'`} -d '${tryBody}'`,
        ]),
    `  curl -s ${url('control')}/status`,
    ...(canInjectFaults(bedrock) ? [`  curl -s ${url('control')}/faults -d ${fault}`] : []),
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

function describeMode(bedrock: BedrockMode): string {
  switch (bedrock.kind) {
    case 'stand-in':
      return 'a stand-in, which says so in every answer';
    case 'aws':
      return 'real Bedrock with your credentials, which costs money';
    case 'openai':
      return `${bedrock.model} at ${bedrock.url}`;
    case 'endpoint':
      return `the endpoint ${bedrock.url}`;
  }
}

/** Failures that are the user's to mend, by name: their classes come with what is loaded after the first line. */
const WITHOUT_STACK: ReadonlySet<string> = new Set(['InvalidBehaviourError', StartError.name]);

/** @returns what went wrong and what to do */
export function describeFailure(error: unknown): string {
  const { name, code, port, message, stack } = error as Partial<Error> & { code?: string; port?: number };
  if (code === 'EADDRINUSE' && port !== undefined) return portTaken(port);
  if (name === 'UnsupportedError') return `The emulator does not do this:\n  ${String(message)}`;
  return WITHOUT_STACK.has(String(name)) ? String(message) : (stack ?? String(error));
}

const portTaken = (port: number): string =>
  `Port ${port} is taken. Stop what listens there, or choose other ports, e.g. LOCAL_PORT_BASE=5000.`;

/** Who is there answers sooner, and a start is not to wait for who is not. */
const TIMEOUT_MS = 3_000;

/**
 * Looks for whoever is to answer for the models. Without them the system runs, but degrades every answer.
 * @returns what is wrong, and what to do
 */
export async function modelWarnings(mode: BedrockMode, timeoutMs = TIMEOUT_MS): Promise<readonly string[]> {
  if (mode.kind === 'openai') return serverWarnings(mode, timeoutMs);
  if (mode.kind === 'aws') return credentialWarnings(timeoutMs);
  const advice = 'Start it, or correct AWS_ENDPOINT_URL_BEDROCK_RUNTIME.';
  if (mode.kind === 'endpoint') return endpointWarnings(mode.url, advice, timeoutMs);
  return [];
}

/** The same of what the regions tell. */
export async function regionWarnings(
  { kind }: BedrockMode,
  regions: LocalSystem['regions'],
): Promise<readonly string[]> {
  if (kind !== 'aws') return [];
  const advice = 'Connect this machine to it, or start with other models (--bedrock).';
  const warnings = regions.map(({ stack }) => endpointWarnings(endpointOf(stack.region), advice));
  return (await Promise.all(warnings)).flat();
}

/** Whatever is answered: who asks without a signature is refused. */
async function endpointWarnings(
  url: string,
  advice: string,
  timeoutMs = TIMEOUT_MS,
): Promise<readonly string[]> {
  try {
    const { body } = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await body?.cancel();
    return [];
  } catch (error) {
    return [`No Bedrock answers at ${url} (${messageOf(error)}). ${advice}`];
  }
}

async function serverWarnings(
  { url, model }: BedrockMode & { kind: 'openai' },
  timeoutMs: number,
): Promise<readonly string[]> {
  try {
    const response = await fetch(`${url}/models`, { signal: AbortSignal.timeout(timeoutMs) });
    // Not every server lists its models.
    if (!response.ok) return [];
    const { data } = (await response.json()) as { data: readonly { id: string }[] };
    const names = data.map(({ id }) => id);
    if (names.includes(model)) return [];
    return [`${url} has no model "${model}", but: ${names.join(', ') || 'none'}.`];
  } catch (error) {
    return [`No model server answers at ${url} (${messageOf(error)}). Start it, or correct --url.`];
  }
}

/** Looks where the emulator's own calls of Bedrock will look. */
async function credentialWarnings(timeoutMs: number): Promise<readonly string[]> {
  if (process.env.AWS_BEARER_TOKEN_BEDROCK) return [];
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  // Of a profile, they may come from elsewhere, which the SDK waits for without a limit.
  const limit = sleep(2 * timeoutMs, undefined, { ref: false }).then(() => {
    throw new Error('nobody has said them in time');
  });
  try {
    await Promise.race([defaultProvider({ timeout: timeoutMs })(), limit]);
    return [];
  } catch (error) {
    return [
      `There are no AWS credentials: ${messageOf(error)}. Sign in, e.g. \`aws sso login\`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and start again.`,
    ];
  }
}

/** fetch hides why a connection failed in `cause`. */
const messageOf = (error: unknown): string => {
  const { cause = error } = error as Error;
  const { message, code } = cause as { message?: string; code?: string };
  return message === undefined || message === '' ? (code ?? String(error)) : message;
};
