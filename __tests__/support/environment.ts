import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import type { JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** Stands for Node's own context, in place of a test file's sandbox. */
const HERE = vm.createContext();
/** jest-circus keeps the tests of a file: each has its own. */
const LOADED_BY_NODE = /\/node_modules\/(?!jest-circus\/)/;
const original = { ...vm };
const requireByNode = createRequire(__filename);
const { env } = process;
const exit = Object.getOwnPropertyDescriptor(process, 'exit') ?? {};

/** Keeps what a function has returned: who asks the same again is given the same. */
function remember<F extends (...of: never[]) => unknown>(ask: F): F {
  const known = new Map<string, unknown>();
  return ((...of: Parameters<F>) => {
    const key = JSON.stringify(of);
    if (!known.has(key)) known.set(key, ask(...of));
    return known.get(key);
  }) as F;
}

/** A state machine's validator makes an Ajv for each definition, in a third of a second: here, one for all. */
const VALIDATOR = requireByNode.resolve('asl-validator');
const { Ajv } = requireByNode('ajv') as typeof import('ajv');
let one: InstanceType<typeof Ajv> | undefined;
function OneAjv(...of: ConstructorParameters<typeof Ajv>): unknown {
  return one ? Object.assign(one, { addKeyword: () => one }) : (one = new Ajv(...of));
}
const loaded = requireByNode.cache[requireByNode.resolve('ajv')] ?? { exports: undefined };
const ajv: unknown = loaded.exports;
loaded.exports = { __esModule: true, default: OneAjv };
const validator: unknown = requireByNode(VALIDATOR);
loaded.exports = ajv;

/** Sources do not change while tests run: the functions, and what they run in, are bundled once. */
const ESBUILD = requireByNode.resolve('esbuild');
const esbuild = requireByNode(ESBUILD) as typeof import('esbuild');
const bundler = { ...esbuild, buildSync: remember(esbuild.buildSync) };

const REMEMBERING = new Map<string, unknown>([
  [VALIDATOR, validator],
  [ESBUILD, bundler],
]);

/** A module is run anew for each test file, by the same function: what V8 has learnt of it, it need not learn again. */
const compiled = new Map<string, { readonly code: string; readonly body: () => unknown }>();

vm.compileFunction = (code, parameters, options = {}) => {
  const { parsingContext, ...others } = options;
  if (parsingContext !== HERE) return original.compileFunction(code, parameters, options);
  const { filename = '' } = others;
  if (LOADED_BY_NODE.test(filename)) {
    return (module: { exports: unknown }) => {
      module.exports = REMEMBERING.get(filename) ?? requireByNode(filename);
    };
  }
  const known = compiled.get(filename);
  if (known?.code === code) return known.body;
  const body = original.compileFunction(code, parameters, others) as () => unknown;
  compiled.set(filename, { code, body });
  return body;
};

/** What a test file, and the jest-circus that is loaded anew for it, have kept a context in. */
const storages = new Set<AsyncLocalStorage<unknown>>();
const run = Reflect.get(AsyncLocalStorage.prototype, 'run') as (...values: unknown[]) => unknown;
Object.assign(AsyncLocalStorage.prototype, {
  run(this: AsyncLocalStorage<unknown>, ...values: unknown[]): unknown {
    storages.add(this);
    return Reflect.apply(run, this, values);
  },
});

/** What a test file and jest-circus leave in the global object; what begins otherwise is a package's, which stays. */
const OF_THE_FILE = /^(?!__|Symbol\()|^Symbol\((EVENT_HANDLERS|JEST_STATE_SYMBOL|RETRY_TIMES_SETTER)\)$/;

/**
 * Runs a test file by Node itself, not in a sandbox: `instanceof` means what it does in the product, a look at a global
 * does not call an interceptor, and a package is loaded once for all files of a worker. The product's own modules are
 * loaded anew for each file, and what a file changed in the process is put back.
 */
export default class Environment implements JestEnvironment {
  readonly global = globalThis as unknown as JestEnvironment['global'];
  readonly moduleMocker = new ModuleMocker(globalThis);
  readonly fakeTimers = null;
  readonly fakeTimersModern: ModernFakeTimers;
  private readonly variables = { ...env };
  private readonly globals = new Set(Reflect.ownKeys(globalThis));

  constructor({ projectConfig }: JestEnvironmentConfig) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    Error.stackTraceLimit = 100;
  }

  setup(): Promise<void> {
    // For each of cdktf's tokens, a whole stack would be mapped to its sources: half of a construct's test.
    Object.assign(requireByNode('cdktf/lib/tokens/private/stack-trace') as object, {
      captureStackTrace: () => [],
    });
    return Promise.resolve();
  }

  teardown(): Promise<void> {
    this.fakeTimersModern.dispose();
    this.moduleMocker.restoreAllMocks();
    // Until a storage is disabled, Node before 24 tells it of each promise: with each test file, all would be slower.
    for (const storage of storages) storage.disable();
    storages.clear();
    for (const key of Reflect.ownKeys(globalThis)) {
      if (!this.globals.has(key) && OF_THE_FILE.test(String(key))) Reflect.deleteProperty(globalThis, key);
    }
    for (const name of Object.keys(env)) if (!(name in this.variables)) Reflect.deleteProperty(env, name);
    Object.assign(env, this.variables);
    process.env = env;
    // Jest wraps it for each file.
    Object.defineProperty(process, 'exit', exit);
    return Promise.resolve();
  }

  exportConditions(): string[] {
    return ['node', 'node-addons'];
  }

  getVmContext(): vm.Context {
    return HERE;
  }
}
