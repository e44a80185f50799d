import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { UnsupportedError } from '../../stack/resource';
import type { Span } from '../xray/segment';
import { TooManyRequestsException } from './errors';
import { DEFAULT_ACCOUNT_CONCURRENCY, type FunctionConfiguration } from './function-configuration';
import { Instance, InstanceThread, type Outcome, type ResponseReader } from './instance';
import type { Invocation } from './protocol';

/** AWS names no figure for how long it keeps an idle instance; some minutes are what is seen. */
const IDLE_LIMIT_MS = 5 * 60_000;

/**
 * A thread of its own costs an instance some 16 MB, a place in one that is shared little more than one; and V8 warms up for
 * each thread anew: ten callers are answered a third faster by functions whose instances share. So all but the first
 * two do: they are frozen while none of their thread is at work, what ends one ends all of them, and their memory is
 * limited together.
 */
const OWN_THREADS = 2;
const SHARED_PLACES = 25;

interface LambdaFunctionOptions {
  readonly configuration: FunctionConfiguration;
  readonly stackDirectory: string;
  readonly platformEnvironment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** default: five minutes */
  readonly idleLimitMs?: number | undefined;
  /** default: OWN_THREADS */
  readonly ownThreads?: number | undefined;
  /** default: nowhere */
  readonly compiledFolder?: string | undefined;
}

/** One function with its code and its instances; idle ones are reused, the last used first. */
export class LambdaFunction {
  /** The one that has been idle for longest comes first. */
  private idle: { readonly instance: Instance; readonly since: number }[] = [];
  private readonly instances = new Set<Instance>();
  private readonly shared = new Set<InstanceThread>();
  private readonly code: CodePackage;
  /** Which have it: it goes over to the next where nothing of it has changed. */
  private deployments = 1;
  private readonly environment: Readonly<Record<string, string>>;

  constructor(private readonly options: LambdaFunctionOptions) {
    const { configuration, platformEnvironment, stackDirectory } = options;
    this.code = unpack(configuration.address, resolve(stackDirectory, configuration.filename));
    this.environment = {
      ...configuration.variables,
      ...platformEnvironment,
      _HANDLER: configuration.handler,
      AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMegabytes),
      AWS_LAMBDA_FUNCTION_NAME: configuration.functionName,
      AWS_LAMBDA_FUNCTION_VERSION: configuration.publishedVersion ?? '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: this.code.taskRoot,
    };
  }

  /** Runs one call in an idle instance, or in a new one. */
  async invoke(
    invocation: Omit<Invocation, 'deadline' | 'streamed'>,
    span: Span,
    reader?: ResponseReader,
  ): Promise<Outcome> {
    this.forgetEnded();
    const instance = this.idle.pop()?.instance ?? (await this.initialized(span));
    const outcome = await instance.invoke(invocation, this.options.configuration.timeoutSeconds, reader);
    if (instance.alive) this.idle.push({ instance, since: performance.now() });
    this.reclaim();
    return outcome;
  }

  /** A new one, whose start is a part of the call. */
  private async initialized(span: Span): Promise<Instance> {
    const instance = this.startInstance();
    const initialization = span.within({ name: 'Initialization' });
    await instance.ready();
    initialization.end();
    return instance;
  }

  /** What has ended, at work or with a neighbour, is of no further use. */
  private forgetEnded(): void {
    this.idle = this.idle.filter(({ instance }) => instance.alive);
    for (const instance of this.instances) if (!instance.alive) this.instances.delete(instance);
  }

  /** Makes sure that so many idle instances are initialized. */
  async warm(count: number): Promise<void> {
    this.forgetEnded();
    while (this.idle.length < count) {
      this.idle.push({ instance: this.startInstance(), since: performance.now() });
    }
    await Promise.all(this.idle.map(({ instance }) => instance.ready()));
  }

  /** For one more deployment, which closes it as well. */
  keep(): this {
    this.deployments += 1;
    return this;
  }

  async close(): Promise<void> {
    this.deployments -= 1;
    if (this.deployments > 0) return;
    await Promise.all([...this.instances].map((instance) => instance.terminate()));
    this.code.remove();
  }

  /** Ends what has been idle for too long, as Lambda does, so that a burst's instances do not stay for ever. */
  private reclaim(): void {
    const { idleLimitMs = IDLE_LIMIT_MS } = this.options;
    while (this.idle[0] !== undefined && performance.now() - this.idle[0].since > idleLimitMs) {
      const { instance } = this.idle[0];
      this.idle.shift();
      this.instances.delete(instance);
      void instance.leave();
    }
  }

  private startInstance(): Instance {
    const instance = new Instance(this.threadWithRoom());
    this.instances.add(instance);
    return instance;
  }

  private threadWithRoom(): InstanceThread {
    // Of several modules, those that the handler's module loads would be the thread's, not the instance's.
    const { ownThreads = OWN_THREADS } = this.options;
    if (this.instances.size < ownThreads || !this.code.isOneModule) return this.startThread(1);
    for (const thread of this.shared) {
      if (thread.hasRoom) return thread;
      if (thread.hasEnded) this.shared.delete(thread);
    }
    const thread = this.startThread(SHARED_PLACES);
    this.shared.add(thread);
    return thread;
  }

  private startThread(places: number): InstanceThread {
    const { configuration, onLine, compiledFolder } = this.options;
    return new InstanceThread({
      taskRoot: this.code.taskRoot,
      handler: configuration.handler,
      functionName: configuration.functionName,
      memoryLimitInMB: configuration.memoryMegabytes,
      environment: this.environment,
      compiled: compiledFolder && join(compiledFolder, this.code.digest),
      onOutputLine: onLine,
      places,
    });
  }
}

/** A function's code, unpacked into a directory of its own. */
export interface CodePackage {
  /** Absolute path. */
  readonly taskRoot: string;
  /** Whether there is nothing in it but one CommonJS module. */
  readonly isOneModule: boolean;
  /** SHA-256 of the zip. */
  readonly digest: string;
  remove(): void;
}

/** Bytes of a package that is uploaded, and unpacked; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const PACKAGE_LIMIT_BYTES = { zipped: 50 * 1024 * 1024, unzipped: 250 * 1024 * 1024 };

/**
 * @param zip absolute path
 * @throws UnsupportedError if the zip cannot be read, or is larger than Lambda takes
 */
export function unpack(address: string, zip: string, limits = PACKAGE_LIMIT_BYTES): CodePackage {
  const files = Object.entries(readZip(address, zip)).filter(([name]) => !name.endsWith('/'));
  const sizes = {
    zipped: statSync(zip).size,
    unzipped: files.reduce((sum, [, content]) => sum + content.length, 0),
  };
  for (const how of ['zipped', 'unzipped'] as const) {
    const [bytes, limit] = [sizes[how], limits[how]];
    if (bytes > limit)
      throw new UnsupportedError(`${address}.filename`, `Lambda takes ${limit} bytes ${how}, not ${bytes}`);
  }
  const outside = files.find(([name]) => normalize(name).startsWith('..'));
  if (outside) throw new UnsupportedError(`${address}.filename`, `${outside[0]} leaves the zip`);
  const taskRoot = mkdtempSync(join(tmpdir(), 'lambda-task-'));
  for (const [name, content] of files) {
    const file = join(taskRoot, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return {
    taskRoot,
    digest: digestOf(address, zip),
    isOneModule: files.length === 1 && files[0]?.[0].endsWith('.js') === true,
    remove: () => {
      rmSync(taskRoot, { recursive: true, force: true });
    },
  };
}

const readZip = (address: string, zip: string): Record<string, Uint8Array> =>
  reading(address, zip, (bytes) => unzipSync(bytes));

/** @throws UnsupportedError if the zip cannot be read */
export const digestOf = (address: string, zip: string): string =>
  reading(address, zip, (bytes) => createHash('sha256').update(bytes).digest('hex'));

function reading<T>(address: string, zip: string, read: (bytes: Uint8Array) => T): T {
  try {
    return read(readFileSync(zip));
  } catch (error) {
    throw new UnsupportedError(`${address}.filename`, `cannot unpack ${zip}: ${String(error)}`);
  }
}

/**
 * Concurrency that Lambda keeps unreserved: 100, or all of a quota that is smaller
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
 */
const MIN_UNRESERVED = 100;

type Reservation = Pick<FunctionConfiguration, 'address' | 'functionName' | 'reservedConcurrency'>;

/** Counts the instances at work against what the account, and each function, may run at once. */
export class Concurrency {
  private readonly unreservedLimit: number;
  private readonly reserving: ReadonlySet<string>;
  /** By function: of all its versions, and so of all deployments that still have calls under way. */
  private readonly atWork: Map<string, number>;

  /**
   * @param accountLimit the account's quota of concurrent executions in the region
   * @param before of what was deployed until now: what is at work there, counts here and there
   * @throws UnsupportedError if the functions reserve more than the account may give away
   */
  constructor(
    functions: readonly Reservation[],
    accountLimit = DEFAULT_ACCOUNT_CONCURRENCY,
    before?: Concurrency,
  ) {
    this.atWork = before?.atWork ?? new Map<string, number>();
    const isReserved = ({ reservedConcurrency }: Reservation) => reservedConcurrency !== undefined;
    this.reserving = new Set(functions.filter(isReserved).map(({ functionName }) => functionName));
    const reservations = functions.reduce((sum, fn) => sum + (fn.reservedConcurrency ?? 0), 0);
    const unreserved = accountLimit - reservations;
    this.unreservedLimit = unreserved;
    const least = Math.min(MIN_UNRESERVED, accountLimit);
    const greedy = functions.find((fn) => (fn.reservedConcurrency ?? 0) > 0);
    if (greedy && unreserved < least) {
      throw new UnsupportedError(
        `${greedy.address}.reserved_concurrent_executions`,
        `reservations of ${reservations} leave ${unreserved} of the account's ${accountLimit}: ` +
          `Lambda keeps ${least} unreserved`,
      );
    }
  }

  /**
   * @returns what gives the place back
   * @throws TooManyRequestsException if none is free
   */
  acquire({ functionName, reservedConcurrency }: Reservation): () => void {
    const of = (name: string) => this.atWork.get(name) ?? 0;
    if (reservedConcurrency === undefined) {
      const unreserved = [...this.atWork.keys()].filter((name) => !this.reserving.has(name));
      if (unreserved.reduce((sum, name) => sum + of(name), 0) >= this.unreservedLimit)
        throw new TooManyRequestsException('ConcurrentInvocationLimitExceeded');
    } else if (of(functionName) >= reservedConcurrency) {
      throw new TooManyRequestsException('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    this.atWork.set(functionName, of(functionName) + 1);
    return () => this.atWork.set(functionName, of(functionName) - 1);
  }
}
