import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

type Reply =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

/** What a process of its own can be asked to do; results are copied as by `structuredClone`. */
export type Methods<P> = { readonly [Name in keyof P]: (...args: never[]) => unknown };

export interface RemoteOptions {
  /** The whole environment: nothing of this process's is added. */
  readonly environment: Readonly<Record<string, string>>;
  /** Node's own options, such as a loader. */
  readonly nodeOptions?: readonly string[];
}

/** A process of its own, so that what it does and what is measured do not share an event loop. */
export class Remote<P extends Methods<P>> {
  private readonly child: ChildProcess;
  private readonly pending = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private lastId = 0;

  /** @param script JavaScript that calls `serve` */
  constructor(
    private readonly script: string,
    { environment, nodeOptions = [] }: RemoteOptions,
  ) {
    this.child = fork(script, {
      env: { ...environment },
      execArgv: [...nodeOptions],
      serialization: 'advanced',
      // What functions log goes nowhere: reading it would take time from what is measured.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child.on('message', (reply: Reply) => {
      this.settle(reply);
    });
    this.child.once('exit', (code, signal) => {
      this.fail(`ended with ${signal ?? `status ${String(code)}`}`);
    });
  }

  /** @throws Error what the method threw, or that the process has ended */
  call<Name extends keyof P & string>(
    method: Name,
    ...args: Parameters<P[Name]>
  ): Promise<Awaited<ReturnType<P[Name]>>> {
    this.lastId += 1;
    const call: Call = { id: this.lastId, method, args };
    return new Promise((resolve, reject) => {
      this.pending.set(call.id, { resolve, reject });
      this.child.send(call, (error) => {
        if (error) this.fail(error.message);
      });
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  private settle(reply: Reply): void {
    const { resolve, reject } = this.pending.get(reply.id) ?? {};
    this.pending.delete(reply.id);
    if ('error' in reply) reject?.(new Error(reply.error));
    else resolve?.(reply.result as never);
  }

  private fail(reason: string): void {
    for (const { reject } of this.pending.values()) reject(new Error(`${this.script} ${reason}.`));
    this.pending.clear();
  }
}

/** The child's side of a `Remote`: carries out what it is asked, and ends with its parent. */
export function serve<P extends Methods<P>>(methods: P): void {
  process.on('message', (call: Call) => {
    void answer(methods as unknown as Record<string, Method>, call);
  });
  process.once('disconnect', () => process.exit());
}

type Method = (...args: readonly unknown[]) => unknown;

async function answer(methods: Readonly<Record<string, Method>>, { id, method, args }: Call): Promise<void> {
  const reply: Reply = await Promise.resolve()
    .then(() => methods[method]?.(...args))
    .then(
      (result) => ({ id, result }),
      (error: unknown) => ({
        id,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    );
  process.send?.(reply);
}
