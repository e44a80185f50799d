import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
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

/**
 * @param handler `<path of the module without extension>.<export>[.<property>...]`
 * @throws RuntimeError, or what the module throws while it loads
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler | StreamingHandler> {
  const [, moduleName, exportPath] = /^([^.]+)\.(.+)$/.exec(basename(handler)) ?? [];
  if (moduleName === undefined || exportPath === undefined) {
    throw new RuntimeError(
      'Runtime.MalformedHandlerName',
      `Bad handler '${handler}': want <module>.<export>`,
    );
  }
  const exported = findExport(await loadModule(join(taskRoot, dirname(handler), moduleName)), exportPath);
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
  return exported as Handler | StreamingHandler;
}

async function loadModule(pathWithoutExtension: string): Promise<unknown> {
  const file = EXTENSIONS.map((extension) => pathWithoutExtension + extension).find(existsSync);
  if (file === undefined) {
    throw new RuntimeError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${basename(pathWithoutExtension)}'`,
    );
  }
  try {
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

function findExport(module: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, key) => (found as Record<string, unknown> | null | undefined)?.[key], module);
}
