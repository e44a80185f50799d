import { Command, InvalidArgumentError, Option } from 'commander';
import { canInjectFaults, type BedrockMode } from './region/bedrock-mode';
import type { LocalSystem } from './system';
import { CONTROL_ROUTES } from '../control-api/control-server';
import { DEFAULT_PORT_BASE, PORTS } from '../control-api/ports';
import { UnsupportedError } from '../stack/resource';

export interface StartOptions {
  readonly bedrock: BedrockMode;
  readonly portBase: number;
  readonly quiet: boolean;
  /** How much faster than the machine's own time health checks, alarms, schedules and times to live run. */
  readonly speed: number;
  /** Path of a JSON file that says how models behave. */
  readonly modelsFile?: string;
}

const MAX_PORT = 65_535;

/** Reads what follows `npm start --`, and the environment. */
export function parseOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): StartOptions {
  const command = new Command('npm start --')
    .description('Runs the synthesized system, both regions, on this machine.')
    .addOption(
      new Option('--bedrock <mode>', 'who answers for the models')
        .choices(['stand-in', 'aws', 'openai'])
        .default('stand-in'),
    )
    .option('--url <url>', 'with openai: where the server’s API begins, e.g. http://localhost:11434/v1')
    .option('--model <name>', 'with openai: the server’s model')
    .addOption(
      new Option('--port-base <port>', 'the first port')
        .env('LOCAL_PORT_BASE')
        .argParser(parsePort)
        .default(DEFAULT_PORT_BASE),
    )
    .option(
      '--speed <factor>',
      'run health checks, alarms, canary and times to live so much faster',
      parseSpeed,
      1,
    )
    .option('--models-file <file>', 'JSON: how long the stand-in’s models take, and how often they fail')
    .option('--quiet', 'do not show the functions’ logs', false)
    .parse(argv);
  const { bedrock, url, model, portBase, quiet, speed, modelsFile } = command.opts<{
    bedrock: 'stand-in' | 'aws' | 'openai';
    url?: string;
    model?: string;
    portBase: number;
    quiet: boolean;
    speed: number;
    modelsFile?: string;
  }>();
  const common = { portBase, quiet, speed, ...(modelsFile !== undefined && { modelsFile }) };
  const endpoint = environment.AWS_ENDPOINT_URL_BEDROCK_RUNTIME;
  if (bedrock === 'openai') {
    if (url === undefined || model === undefined)
      return command.error('error: --bedrock openai needs --url and --model');
    return { bedrock: { kind: bedrock, url: url.replace(/\/$/, ''), model }, ...common };
  }
  if (bedrock === 'stand-in' && endpoint) return { bedrock: { kind: 'endpoint', url: endpoint }, ...common };
  return { bedrock: { kind: bedrock }, ...common };
}

function parsePort(value: string): number {
  const port = Number(value);
  const last = MAX_PORT - PORTS.control;
  if (Number.isInteger(port) && port >= 1 && port <= last) return port;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${last}.`);
}

const MAX_SPEED = 100;

function parseSpeed(value: string): number {
  const speed = Number(value);
  if (speed >= 1 && speed <= MAX_SPEED) return speed;
  throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_SPEED}.`);
}

/** What to try first. */
export function welcome({ regions }: LocalSystem, portBase: number, bedrock: BedrockMode): string {
  const url = (name: keyof typeof PORTS) => `http://127.0.0.1:${portBase + PORTS[name]}`;
  const notActedOut = new Set(regions.flatMap(({ stack }) => [...stack.notActedOut.keys()]));
  const rows = regions.map(({ role, stack: { region } }) => `  ${role.padEnd(10)} ${url(role)}  (${region})`);
  const fault = `'{"region":"primary","target":"bedrock","mode":"error","seconds":60}'`;
  return [
    '',
    'Ready. The synthesized system is running:',
    `  ${'failover'.padEnd(10)} ${url('failover')}  (the name that callers use)`,
    ...rows,
    `  ${'dns'.padEnd(10)} 127.0.0.1:${portBase + PORTS.dns}  (UDP and TCP: the failover name and the regions' own)`,
    `  ${'control'.padEnd(10)} ${url('control')}  (${CONTROL_ROUTES.join(', ')})`,
    `Models: ${describeMode(bedrock)}`,
    ...(notActedOut.size > 0 ? [`Not acted out here: ${[...notActedOut].sort().join(', ')}`] : []),
    '',
    'Try:',
    `  curl -s ${url('failover')}/ -H 'Content-Type: application/json' -d '{"question":"What is inflation?","type":"finance_deep"}'`,
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

/** @returns what went wrong and what to do, without a stack trace where it is the user's to mend */
export function describeFailure(error: unknown): string {
  const { code, port, message, stack } = error as {
    code?: string;
    port?: number;
    message?: string;
    stack?: string;
  };
  if (code === 'EADDRINUSE') {
    return `Port ${String(port)} is taken. Stop what listens there, or choose other ports with LOCAL_PORT_BASE=5000.`;
  }
  if (error instanceof UnsupportedError) return `The local run does not act this out:\n  ${error.message}`;
  return message?.startsWith('The app does not synthesize') ? message : (stack ?? String(error));
}
