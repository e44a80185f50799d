import { html, NOTHING, type Html } from './html';

/** A cell's text, and below it an interval. */
export interface Cell {
  readonly text: string;
  readonly interval?: string | undefined;
  /** Whether it says that something was not held. */
  readonly missed?: boolean;
}

export interface TableContent {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (Cell | string)[])[];
  /** Whether cells hold sentences, which may break. */
  readonly wrapped?: boolean;
}

/** A table that scrolls by itself where the page is narrower, also by keyboard; the first column names the row. */
export const table = ({ caption, head, rows, wrapped = false }: TableContent): Html =>
  html` <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table class="${wrapped ? 'wrapped' : ''}">
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${head.map((text) => html`<th scope="col">${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

/** Characters of a row's name that keep their place, however narrow the page is. */
const LONG = 16;

function cell(content: Cell | string, column: number): Html {
  const {
    text,
    interval = '',
    missed = false,
  }: Cell = typeof content === 'string' ? { text: content } : content;
  if (column === 0) return html`<th scope="row" class="${text.length > LONG ? 'long' : ''}">${text}</th>`;
  const below = interval === '' ? NOTHING : html`<span class="interval">${interval}</span>`;
  return html`<td class="${missed ? 'missed' : ''}">${text}${below}</td>`;
}
