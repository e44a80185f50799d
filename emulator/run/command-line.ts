import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_PORT_BASE, MAX_PORT_BASE } from '../control-api/ports';
import { readBehaviours } from '../services/bedrock-runtime/model-behaviours';
import { DEFAULT_ACCOUNT_CONCURRENCY } from '../services/lambda/function-configuration';
import { otlpTarget, type OtlpTarget } from '../services/xray/otlp';
import type { BedrockMode } from './region/bedrock-mode';
import type { LambdaSettings } from './region/functions';

export interface StartOptions {
  readonly bedrock: BedrockMode;
  readonly portBase: number;
  readonly quiet: boolean;
  /** Where stacks lie that are synthesized already. */
  readonly stacks?: string;
  /** How much faster than the machine's own time health checks, alarms, schedules, polls and times to live run. */
  readonly speed: number;
  readonly lambda: LambdaSettings;
  /** The day as which the models' lifecycle begins. */
  readonly date?: string;
  /** Path of a JSON file that says how models behave. */
  readonly modelsFile?: string;
  /** Path of a module that has what the control port shows beside its own routes: `handle`, a handler of Node's. */
  readonly page?: string;
  /** Body of the request that is proposed first, and a header that it needs. */
  readonly tryBody?: string;
  readonly tryHeader?: string;
  /** Where traces go as OpenTelemetry's. */
  readonly otlp?: OtlpTarget;
}

/** Reads what follows `npm start --`, and the environment. */
export function parseOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): StartOptions {
  const command = new Command('npm start --')
    .configureHelp({ helpWidth: 80 })
    .description('Synthesizes the app of cdktf.json, and runs both of its regions on this machine.')
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
    .option(
      '--lambda-concurrency <quota>',
      'of the account, in each region: concurrent executions',
      parseQuota,
      DEFAULT_ACCOUNT_CONCURRENCY,
    )
    .option('--date <day>', 'a day to come (UTC), such as 2027-10-08: models end by it', parseDate)
    .option(
      '--models-file <file>',
      'JSON: how long the stand-in’s models take, and how often they fail',
      parseJsonFile,
    )
    .option('--stacks <folder>', 'run what was synthesized into this folder, in place of the app')
    .option('--page <module>', 'a module whose `handle` answers what the control port itself has not')
    .option('--try <body>', 'the body of a request to propose at the end')
    .option('--try-header <header>', 'a header that the request needs')
    .option('--quiet', 'do not show the functions’ logs', false)
    .parse(argv);
  // What is not given has no member here.
  const {
    bedrock,
    url,
    model,
    lambdaConcurrency,
    try: tryBody,
    ...given
  } = command.opts<
    Omit<StartOptions, 'bedrock' | 'lambda' | 'tryBody' | 'otlp'> & {
      bedrock: 'stand-in' | 'aws' | 'openai';
      url?: string;
      model?: string;
      lambdaConcurrency: number;
      try?: string;
    }
  >();
  const otlp = readOtlp(command, environment);
  const common = {
    ...given,
    lambda: { maxConcurrency: lambdaConcurrency },
    ...(tryBody !== undefined && { tryBody }),
    ...(otlp !== undefined && { otlp }),
  };
  const endpoint = environment.AWS_ENDPOINT_URL_BEDROCK_RUNTIME;
  if (bedrock === 'aws' && given.date !== undefined)
    return command.error('error: --bedrock aws asks models that no --date ends');
  if (bedrock === 'openai') {
    if (url === undefined || model === undefined)
      return command.error('error: --bedrock openai needs --url and --model');
    return { bedrock: { kind: bedrock, url: url.replace(/\/$/, ''), model }, ...common };
  }
  if (bedrock === 'stand-in' && endpoint) return { bedrock: { kind: 'endpoint', url: endpoint }, ...common };
  return { bedrock: { kind: bedrock }, ...common };
}

function readOtlp(command: Command, environment: NodeJS.ProcessEnv): OtlpTarget | undefined {
  try {
    return otlpTarget(environment);
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`);
  }
}

function parsePort(value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= MAX_PORT_BASE) return port;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_PORT_BASE}.`);
}

/** @returns the path, of a file that is there and has JSON in it */
function parseJsonFile(path: string): string {
  try {
    readBehaviours(path);
    return path;
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function parseDate(value: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : NaN;
  if (time > Date.now()) return value;
  throw new InvalidArgumentError('It must be a day after today, as YYYY-MM-DD.');
}

function parseQuota(value: string): number {
  const quota = Number(value);
  if (Number.isInteger(quota) && quota >= 1) return quota;
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
}

const MAX_SPEED = 100;

function parseSpeed(value: string): number {
  const speed = Number(value);
  if (speed >= 1 && speed <= MAX_SPEED) return speed;
  throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_SPEED}.`);
}
