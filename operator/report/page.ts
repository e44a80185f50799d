import { html, Html, NOTHING } from './html';
import { STYLE } from './style';
import { table } from './table';

/** What the reader wants to know first. */
export interface Verdict {
  readonly tone: 'good' | 'bad' | 'plain';
  readonly text: string;
  /** Sentences that it rests on. */
  readonly because: readonly string[];
}

export interface Page {
  /** Which report it is, and of what: the heading. */
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly verdict: Verdict;
  /** Under which conditions it was measured: names and values. */
  readonly facts: readonly (readonly [string, string])[];
  /** What to know before reading on. */
  readonly warnings?: readonly string[];
  readonly sections: readonly Html[];
}

/** Nothing is loaded from anywhere and nothing runs, whatever stands in a model's name or an answer. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** A report as one page, which needs no network and no script: the frame of all of them. */
export function reportPage({ title, startedAt, verdict, facts, warnings = [], sections }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <title>${title}, ${startedAt}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <div class="verdict ${verdict.tone}">
            <p>${verdict.text}</p>
            ${list(verdict.because)}
          </div>
          ${list(warnings, 'warning')}
          <dl>
            ${facts.map(
              ([term, text]) =>
                html`<dt>${term}</dt>
                  <dd>${text}</dd>`,
            )}
          </dl>
        </header>
        <main>${sections}</main>
      </body>
    </html> `.markup;
}

const list = (lines: readonly string[], name = ''): Html =>
  lines.length === 0
    ? NOTHING
    : html`<ul class="${name}">
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>`;

/** Something that was to hold, and what was measured of it. */
export interface Outcome {
  readonly promise: string;
  readonly measured: string;
  readonly held: boolean;
}

/** @param what was promised, in the plural: `promises`, `targets` */
export function verdictOf(outcomes: readonly Outcome[], what: string): Verdict {
  const missed = outcomes.filter(({ held }) => !held);
  if (outcomes.length === 0) return { tone: 'plain', text: `What was run has no ${what}.`, because: [] };
  if (missed.length === 0) {
    return { tone: 'good', text: `Held: all ${outcomes.length} ${what}.`, because: [] };
  }
  return {
    tone: 'bad',
    text: `Missed: ${missed.length} of ${outcomes.length} ${what}.`,
    because: missed.map(({ promise, measured }) => `${promise}: ${measured}`),
  };
}

export const outcomeTable = (caption: string, outcomes: readonly Outcome[]): Html =>
  table({
    caption,
    head: ['Promise', 'Verdict', 'Measured'],
    rows: outcomes.map(({ promise, measured, held }) => [
      promise,
      { text: held ? 'held' : 'MISSED', missed: !held },
      measured,
    ]),
    wrapped: true,
  });
