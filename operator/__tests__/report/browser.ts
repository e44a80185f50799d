import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** @returns the path of a Chromium on this machine: `CHROME_BIN`, or one in the path; undefined without any */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [
    process.env.CHROME_BIN ?? '',
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  return candidates.find((file) => file !== '' && existsSync(file));
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

/** A headless Chromium, driven by the DevTools protocol over a pipe: JSON messages, each ended by a zero byte. */
export class Browser {
  private readonly pending = new Map<number, (message: Message) => void>();
  private readonly listeners = new Set<(message: Message) => void>();
  private lastId = 0;
  private unread = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly profile: string,
  ) {
    const output = process.stdio[4] as Readable;
    output.setEncoding('utf8').on('data', (text: string) => {
      const messages = (this.unread + text).split('\0');
      this.unread = messages.pop() ?? '';
      for (const message of messages) this.receive(JSON.parse(message) as Message);
    });
  }

  static launch(file: string): Browser {
    const profile = mkdtempSync(join(tmpdir(), 'report-browser-'));
    const options = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--hide-scrollbars'];
    const child = spawn(file, [...options, '--remote-debugging-pipe', `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    return new Browser(child, profile);
  }

  async openPage(): Promise<Page> {
    const { targetId } = await this.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send<{ sessionId: string }>('Target.attachToTarget', {
      ...{ targetId, flatten: true },
    });
    return new Page(this, sessionId);
  }

  /** @throws Error with what the browser says is wrong */
  send<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result as T);
      });
      (this.process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  onEvent(listener: (message: Message) => void): void {
    this.listeners.add(listener);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    await this.send('Browser.close');
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private receive(message: Message): void {
    if (message.id === undefined) for (const listener of this.listeners) listener(message);
    else this.pending.get(message.id)?.(message);
  }
}

/** A tab, and what it has complained about and asked for since it was opened. */
export class Page {
  readonly requests: string[] = [];
  readonly complaints: string[] = [];
  private onLoad: () => void = () => undefined;

  constructor(
    private readonly browser: Browser,
    private readonly sessionId: string,
  ) {
    browser.onEvent(({ method, params, sessionId: from }) => {
      if (from !== sessionId) return;
      const { request } = (params ?? {}) as { readonly request?: { readonly url: string } };
      if (method === 'Network.requestWillBeSent') this.requests.push(request?.url ?? '');
      if (method === 'Page.loadEventFired') this.onLoad();
      const isComplaint = ['Log.entryAdded', 'Runtime.exceptionThrown', 'Runtime.consoleAPICalled'];
      if (isComplaint.includes(method ?? '')) this.complaints.push(JSON.stringify(params));
    });
  }

  /** @param scheme what the user prefers */
  async open(url: string, { width, scheme }: { width: number; scheme: 'light' | 'dark' }): Promise<void> {
    for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await this.send(`${domain}.enable`);
    await this.show({ width, scheme });
    const loaded = new Promise<void>((resolve) => (this.onLoad = resolve));
    await this.send('Page.navigate', { url });
    await loaded;
  }

  async show({ width, scheme }: { width: number; scheme: 'light' | 'dark' }): Promise<void> {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.send('Emulation.setEmulatedMedia', { features });
    const metrics = { width, height: 800, deviceScaleFactor: 1, mobile: false };
    await this.send('Emulation.setDeviceMetricsOverride', metrics);
  }

  /**
   * @param expression whose value, or what it promises, can be JSON
   * @throws Error with what it throws
   */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send<{
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string } };
    }>('Runtime.evaluate', { ...{ expression, returnByValue: true, awaitPromise: true } });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? expression);
    return result.value;
  }

  send<T>(method: string, params: object = {}): Promise<T> {
    return this.browser.send<T>(method, params, this.sessionId);
  }
}
