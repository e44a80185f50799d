import { resolve } from 'node:path';
import { type CodePackage, unpack } from './code-package';
import type { FunctionConfiguration } from './function-configuration';
import { Instance, type Outcome, type ResponseReader } from './instance';
import type { Invocation } from './protocol';

/** AWS names no figure for how long it keeps an idle instance; some minutes are what is seen. */
const IDLE_LIMIT_MS = 5 * 60_000;

export interface LambdaFunctionOptions {
  readonly configuration: FunctionConfiguration;
  readonly stackDirectory: string;
  readonly platformEnvironment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** default: five minutes */
  readonly idleLimitMs?: number | undefined;
}

/** One function with its code and its instances; idle ones are reused, the last used first. */
export class LambdaFunction {
  /** The one that has been idle for longest comes first. */
  private readonly idle: { readonly instance: Instance; readonly since: number }[] = [];
  private readonly instances = new Set<Instance>();
  private readonly code: CodePackage;
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
    reader?: ResponseReader,
  ): Promise<Outcome> {
    const instance = this.idle.pop()?.instance ?? this.startInstance();
    const outcome = await instance.invoke(invocation, this.options.configuration.timeoutSeconds, reader);
    if (instance.alive) this.idle.push({ instance, since: performance.now() });
    else this.instances.delete(instance);
    this.reclaim();
    return outcome;
  }

  /** Makes sure that so many idle instances are initialized. */
  async warm(count: number): Promise<void> {
    while (this.idle.length < count) {
      this.idle.push({ instance: this.startInstance(), since: performance.now() });
    }
    await Promise.all(this.idle.map(({ instance }) => instance.ready()));
  }

  async close(): Promise<void> {
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
      void instance.terminate();
    }
  }

  private startInstance(): Instance {
    const { configuration, onLine } = this.options;
    const instance = new Instance({
      taskRoot: this.code.taskRoot,
      handler: configuration.handler,
      functionName: configuration.functionName,
      memoryLimitInMB: configuration.memoryMegabytes,
      environment: this.environment,
      onOutputLine: onLine,
    });
    this.instances.add(instance);
    return instance;
  }
}
