import { computed, signal } from '@preact/signals';
import { HEARD, NOTHING, type Events } from './kept';
import { requestsOf } from './requests';

export const connection = signal<'opening' | 'open' | 'lost'>('opening');
const kept = signal(NOTHING);
export const about = computed(() => kept.value.about);
export const picture = computed(() => kept.value.picture);
export const happened = computed(() => kept.value.happened);
const lines = computed(() => kept.value.lines);
export const requests = computed(() => requestsOf(lines.value));
/** What can be done to the system; undefined where it is only looked at. */
export const tools = computed(() => about.value?.tools ?? undefined);
/** What went wrong last with something that the user asked for. */
export const notice = signal('');
export const now = signal(Date.now());

/** Listens while the page is looked at; a hidden one costs the system nothing. */
export function listen(): void {
  let source: EventSource | undefined;
  const close = () => {
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    source = new EventSource('/console/live');
    source.onerror = () => (connection.value = 'lost');
    for (const name of ['hello', 'picture', 'lines', 'happened'] as const) on(source, name);
  };
  open();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close();
    else open();
  });
  setInterval(() => {
    if (!document.hidden) now.value = Date.now();
  }, 1_000);
}

function on(source: EventSource, name: keyof Events): void {
  source.addEventListener(name, ({ data }: MessageEvent<string>) => {
    kept.value = HEARD[name](kept.value, JSON.parse(data) as never);
    connection.value = 'open';
  });
}

const withToken = (headers: Readonly<Record<string, string>> = {}) => ({
  ...headers,
  'x-console-token': tools.value?.token ?? '',
});

/** @returns undefined where it was refused: `notice` says why */
export async function act<T = unknown>(method: string, path: string, body?: unknown): Promise<T | undefined> {
  notice.value = '';
  try {
    const response = await fetch(`/console/${path}`, {
      method,
      headers: withToken(),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & { readonly error?: { readonly message: string } };
    if (response.ok) return answer;
    notice.value = answer.error?.message ?? `It was refused (${response.status}).`;
  } catch {
    notice.value = 'The system does not answer. Is `npm start` still running?';
  }
  return undefined;
}

/** Asks the assistant as a caller does. */
export const askAssistant = (path: '/' | '/stream', key: string, body: object): Promise<Response> =>
  fetch(`/console/ask${path}`, {
    method: 'POST',
    headers: withToken({ 'Content-Type': 'application/json', 'x-api-key': key }),
    body: JSON.stringify(body),
  });

/** What was read; undefined while, or where, it could not be. */
export const read = <T extends object>(part: T | string | undefined): T | undefined =>
  typeof part === 'string' ? undefined : part;

export const regionName = (role: string): string =>
  picture.value?.regions.find((region) => region.role === role)?.region ?? role;
