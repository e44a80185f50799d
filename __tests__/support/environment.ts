import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

/** What a test file, and the jest-circus that is loaded anew for it, have kept a context in. */
const storages = new Set<AsyncLocalStorage<unknown>>();
const run = Reflect.get(AsyncLocalStorage.prototype, 'run') as (...values: unknown[]) => unknown;
Object.assign(AsyncLocalStorage.prototype, {
  run(this: AsyncLocalStorage<unknown>, ...values: unknown[]): unknown {
    storages.add(this);
    return Reflect.apply(run, this, values);
  },
});

/** Node's environment of a test file, cheaper for those that come after it in the same worker. */
export default class Environment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    // A getter, for values are emptied with the environment.
    Object.defineProperty(this.global, 'requireOutside', { get: () => createRequire(__filename) });
  }

  /** Until a storage is disabled, Node before 24 tells it of each promise: with each test file, all would be slower. */
  override async teardown(): Promise<void> {
    for (const storage of storages) storage.disable();
    storages.clear();
    await super.teardown();
  }
}
