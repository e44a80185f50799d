import type { Call, Reply } from './protocol';
import type { Methods } from './remote';

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
