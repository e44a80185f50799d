import { html, NOTHING, type Html } from './html';

/** A cell's text, and below it an interval. */
export interface Cell {
  readonly text: string;
  readonly interval?: string | undefined;
}

export interface TableContent {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (Cell | string)[])[];
}

/** A table that scrolls by itself where the page is narrower, also by keyboard; the first column names the row. */
export const table = ({ caption, head, rows }: TableContent): Html =>
  html` <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
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

function cell(content: Cell | string, column: number): Html {
  const { text, interval = '' } = typeof content === 'string' ? { text: content } : content;
  if (column === 0) return html`<th scope="row">${text}</th>`;
  return html`<td>${text}${interval === '' ? NOTHING : html`<span class="interval">${interval}</span>`}</td>`;
}
