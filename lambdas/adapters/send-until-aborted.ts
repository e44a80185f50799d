import type { NodeHttpHandler } from '@smithy/node-http-handler';

type HttpRequest = Parameters<NodeHttpHandler['handle']>[0];

/** Of an SDK's client, what puts a call together. */
interface Client {
  readonly middlewareStack: {
    add(
      middleware: () => (args: { readonly input: object; readonly request: unknown }) => Promise<{
        response: unknown;
        output: { $metadata: object };
      }>,
      options: { readonly name: string; readonly step: 'deserialize'; readonly priority: 'low' },
    ): void;
    remove(name: string): boolean;
  };
}

/**
 * The SDK puts its middleware together anew for each call that comes with options of its own, which costs as much as
 * signing the request does. So a client's calls (with `cacheMiddleware`) come without, and their signals go by this way
 * to the HTTP handler.
 * @returns says by which signal the call of a command's input is ended
 */
export function sendUntilAborted(
  client: Client,
  http: NodeHttpHandler,
): (input: object, signal: AbortSignal) => void {
  const signals = new WeakMap<object, AbortSignal>();
  client.middlewareStack.add(
    () => async (args) => {
      const abortSignal = signals.get(args.input);
      const { response } = await http.handle(args.request as HttpRequest, {
        ...(abortSignal && { abortSignal }),
      });
      return { response, output: { $metadata: {} } };
    },
    { name: 'sendUntilAborted', step: 'deserialize', priority: 'low' },
  );
  // It prepares a log line for each call, and there is no logger.
  client.middlewareStack.remove('loggerMiddleware');
  return (input, signal) => {
    signals.set(input, signal);
  };
}
