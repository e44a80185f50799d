import { CONTROL_ROUTES, PORTS } from '../control-api/ports';
import type { StartOptions } from './command-line';
import { unjudged } from '../services/bedrock-runtime/guardrail';
import { canInjectFaults, type BedrockMode } from './region/bedrock-mode';
import { StartError } from './start-error';
import type { LocalSystem } from './system';

export interface WelcomeOptions extends Pick<StartOptions, 'portBase' | 'bedrock' | 'date'> {
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
