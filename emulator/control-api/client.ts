import { portBase, PORTS } from './ports';

/** Of a run that is there, and of a machine that is busy: where none is, the connection is refused at once. */
const TIMEOUT_MS = 30_000;

/**
 * Calls the control port of a running `npm start`: the one that the environment leads to, or that of another base.
 * @returns the parsed answer; undefined where there is none
 * @throws Error with what to do
 */
export async function callControl(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  { base = portBase(), timeoutMs = TIMEOUT_MS }: { readonly base?: number; readonly timeoutMs?: number } = {},
): Promise<unknown> {
  const port = base + PORTS.control;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new Error(
      `Nothing answers on port ${port}. Is \`npm start\` running, with the same LOCAL_PORT_BASE?`,
      {
        cause: error,
      },
    );
  });
  const text = await response.text();
  const answer = text === '' ? undefined : (JSON.parse(text) as { error?: { message: string } });
  if (!response.ok)
    throw new Error(answer?.error?.message ?? `The control port answered ${response.status}.`);
  return answer;
}
