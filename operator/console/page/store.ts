import { computed, signal } from '@preact/signals';
import type { About, Happening, Line, Picture } from '../picture';
import { requestsOf } from './requests';

/** What the page keeps, however long it is open. */
const MAX_LINES = 1_500;
const MAX_HAPPENINGS = 500;

export const connection = signal<'opening' | 'open' | 'lost'>('opening');
export const about = signal<About | undefined>(undefined);
export const picture = signal<Picture | undefined>(undefined);
export const lines = signal<readonly Line[]>([]);
export const happened = signal<readonly Happening[]>([]);
export const requests = computed(() => requestsOf(lines.value));
/** What can be done to the system; undefined where it is only looked at. */
export const tools = computed(() => about.value?.tools ?? undefined);
/** What went wrong last with something that the user asked for. */
export const notice = signal('');
export const now = signal(Date.now());

type Hello = Picture & {
  readonly about: About;
  readonly lines: readonly Line[];
  readonly happened: readonly Happening[];
};

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
    on(source, 'hello', ({ about: told, lines: before, happened: past, ...rest }: Hello) => {
      about.value = told;
      lines.value = before;
      happened.value = past;
      // A system that was just started has not been looked at yet.
      picture.value = 'regions' in rest ? rest : undefined;
      connection.value = 'open';
    });
    on(source, 'picture', (sections: Partial<Picture>) => {
      picture.value = { ...picture.value, ...sections } as Picture;
    });
    on(source, 'lines', (fresh: readonly Line[]) => {
      lines.value = [...lines.value, ...fresh].slice(-MAX_LINES);
    });
    on(source, 'happened', (fresh: readonly Happening[]) => {
      happened.value = [...happened.value, ...fresh].slice(-MAX_HAPPENINGS);
    });
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

/** @param take of what the server sends by this name */
const on = (source: EventSource, name: string, take: (data: never) => void): void => {
  source.addEventListener(name, ({ data }: MessageEvent<string>) => {
    take(JSON.parse(data) as never);
  });
};

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
