import { readFileSync } from 'node:fs';
import type { About, Picture } from '../../console/picture';
import type { Browser, Page } from '../report/browser';

/** Generous: what is waited for comes as soon as it can. */
const PATIENCE_MS = 120_000;

interface View {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** A console's page in a browser, and what its user does there. */
export class ConsolePage {
  private constructor(
    private readonly page: Page,
    private readonly url: string,
  ) {}

  static async open(browser: Browser, url: string, view: View): Promise<ConsolePage> {
    const page = await browser.openPage();
    await page.open(url, view);
    return new ConsolePage(page, url);
  }

  /** Waits until it is there. */
  async shows(selector: string, wanted: string | RegExp): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const text = await this.textOf(selector);
      if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return;
      if (performance.now() > end)
        throw new Error(`${selector} does not show ${String(wanted)}, but: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  count(selector: string): Promise<number> {
    return this.page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
  }

  /** @param label of the button */
  async click(label: string): Promise<void> {
    await this.page.evaluate(`(() => {
      const wanted = ${JSON.stringify(label)};
      const button = [...document.querySelectorAll('button')].find((each) =>
        each.innerText.trim() === wanted || each.getAttribute('aria-label') === wanted);
      if (!button) throw new Error('There is no button ' + wanted);
      button.click();
    })()`);
  }

  /** The last of those with a text. */
  async clickLast(selector: string, text: string): Promise<void> {
    await this.page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].findLast(
      ({ innerText }) => innerText.includes(${JSON.stringify(text)})).click()`);
  }

  async choose(selector: string, values: readonly string[]): Promise<void> {
    await this.page.evaluate(`(() => {
      const selects = [...document.querySelectorAll(${JSON.stringify(selector)})];
      for (const [index, value] of ${JSON.stringify(values)}.entries()) {
        selects[index].value = value;
        selects[index].dispatchEvent(new Event('change', { bubbles: true }));
      }
    })()`);
  }

  async write(selector: string, text: string): Promise<void> {
    await this.page.evaluate(`(() => {
      const field = document.querySelector(${JSON.stringify(selector)});
      field.value = ${JSON.stringify(text)};
      field.dispatchEvent(new Event('input', { bubbles: true }));
    })()`);
  }

  async goTo(tab: 'live' | 'rules' | 'drills'): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(`#${tab}`)}`);
  }

  /** Where a link leads. */
  linkOf(selector: string): Promise<string> {
    return this.page.evaluate(`document.querySelector(${JSON.stringify(selector)}).href`);
  }

  view(view: View): Promise<void> {
    return this.page.show(view);
  }

  /** Pixels by which it is wider than the window. */
  overflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - innerWidth');
  }

  widthOf(selector: string): Promise<number> {
    return this.page.evaluate(`document.querySelector(${JSON.stringify(selector)}).clientWidth`);
  }

  /** What keeps some from reading it. */
  async violations(): Promise<readonly unknown[]> {
    await this.page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    return this.page.evaluate<unknown[]>(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`,
    );
  }

  get complaints(): readonly string[] {
    return this.page.complaints;
  }

  /** What it has asked of others than its own server. */
  get foreignRequests(): readonly string[] {
    return this.page.requests.filter((asked) => !asked.startsWith(this.url));
  }

  private textOf(selector: string): Promise<string> {
    return this.page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.innerText).join(' | ')`,
    );
  }
}

export interface Told {
  readonly about: About;
  readonly picture: Partial<Picture>;
}

/** What a page is told over its live connection, from the first event until it is enough. */
export async function told(url: string, isEnough: (told: Told) => boolean = () => true): Promise<Told> {
  const response = await fetch(new URL('/console/live', url));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let received = '';
  for (;;) {
    received += (await reader?.read())?.value ?? '';
    const events = [...received.matchAll(/^event: (hello|picture)\ndata: (.*)\n\n/gm)].map(
      ([, name, data = '']) => ({ name, data: JSON.parse(data) as Told & Partial<Picture> }),
    );
    const [hello] = events;
    if (hello === undefined) continue;
    const picture = Object.assign({}, ...events.map(({ data }) => data)) as Partial<Picture>;
    const all = { about: hello.data.about, picture };
    if (!isEnough(all)) continue;
    await reader?.cancel();
    return all;
  }
}
