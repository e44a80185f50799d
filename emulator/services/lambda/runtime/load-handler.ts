import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, wrap } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { threadId } from 'node:worker_threads';
import type { RuntimeData } from '../protocol';
import { RuntimeError } from './errors';
import { isStreaming, type ResponseStream } from './response-stream';

export interface Context {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** Text, as in Lambda, although it is a number everywhere else. */
  readonly memoryLimitInMB: string;
  readonly getRemainingTimeInMillis: () => number;
}

export type Handler = (event: unknown, context: Context) => unknown;

/** What `awslambda.streamifyResponse` has marked. */
export type StreamingHandler = (event: unknown, response: ResponseStream, context: Context) => unknown;

/** Order in which Lambda looks for the module that a handler names. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

type Code = Pick<RuntimeData, 'taskRoot' | 'handler' | 'isShared' | 'compiled'>;

/** What a function's module has to itself. */
export interface Loaded {
  readonly handler: Handler | StreamingHandler;
  readonly process: NodeJS.Process;
}

/**
 * Where there is room for other instances in this thread, each has modules of its own.
 * @throws RuntimeError, or what the module throws while it loads
 */
export async function loadHandler({ taskRoot, handler, isShared, compiled }: Code): Promise<Loaded> {
  const [, moduleName, exportPath] = /^([^.]+)\.(.+)$/.exec(basename(handler)) ?? [];
  if (moduleName === undefined || exportPath === undefined) {
    throw new RuntimeError(
      'Runtime.MalformedHandlerName',
      `Bad handler '${handler}': want <module>.<export>`,
    );
  }
  const path = join(taskRoot, dirname(handler), moduleName);
  const own = isShared ? ownProcess() : process;
  const exported = findExport(await loadModule(path, isShared ? own : undefined, compiled), exportPath);
  if (exported === undefined) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (typeof exported !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  }
  if (exported.length > 2 && !isStreaming(exported)) {
    // Since nodejs24.x Lambda takes a third parameter for a callback, and refuses it.
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      `${handler} takes a callback: return a promise and declare two parameters at most`,
    );
  }
  return { handler: exported as Handler | StreamingHandler, process: own };
}

/** The thread's, but for its environment, into which each invocation's trace header is put. */
const ownProcess = (): NodeJS.Process =>
  Object.create(process, { env: { value: { ...process.env }, writable: true } }) as NodeJS.Process;

/** @param own where it is one of several instances': its process */
async function loadModule(
  pathWithoutExtension: string,
  own: NodeJS.Process | undefined,
  compiled: string | undefined,
): Promise<unknown> {
  const file = EXTENSIONS.map((extension) => pathWithoutExtension + extension).find(existsSync);
  if (file === undefined) {
    throw new RuntimeError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${basename(pathWithoutExtension)}'`,
    );
  }
  try {
    if (own) return evaluate(file, own, compiled);
    // CommonJS goes through require: it starts faster, and module.exports keeps its getters.
    return file.endsWith('.mjs') ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error));
    const { code } = error as { code?: unknown };
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_REQUIRE_ESM') {
      throw new RuntimeError('Runtime.ImportModuleError', String(error));
    }
    throw error;
  }
}

let body: ((...of: unknown[]) => void) | undefined;
/** Of which nothing is kept yet. */
let fresh: Script | undefined;

/**
 * Runs a package's one CommonJS module anew. Compiled once in a thread, it costs each further instance a megabyte and
 * some twenty milliseconds, where `require` takes three and a hundred. It is the same function each time: so what V8
 * learns of those in it while it runs one instance, it knows in all.
 */
function evaluate(file: string, own: NodeJS.Process, compiled: string | undefined): unknown {
  if (body === undefined) {
    const code = readFileSync(file, 'utf8');
    // Read from what was kept, Node 20 does not know whose import() it is.
    const isKeepable = compiled !== undefined && !code.includes('import(');
    const cachedData = isKeepable && existsSync(compiled) ? readFileSync(compiled) : undefined;
    const script = new Script(wrap(code).replace('(function (', '(function (process, '), {
      filename: file,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      cachedData,
    });
    if (isKeepable && cachedData === undefined) fresh = script;
    body = script.runInThisContext() as typeof body & object;
  }
  const module = { exports: {} };
  body.call(module.exports, own, module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}

/** Keeps what V8 has made of the module until now, for threads that are started later. */
export function keepCompiled(compiled: string | undefined): void {
  if (compiled === undefined || fresh === undefined) return;
  const unfinished = `${compiled}.${process.pid}.${threadId}`;
  writeFileSync(unfinished, fresh.createCachedData());
  renameSync(unfinished, compiled);
  fresh = undefined;
}

function findExport(module: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, key) => (found as Record<string, unknown> | null | undefined)?.[key], module);
}
