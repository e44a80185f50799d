import { html, type Html } from './html';
import { seriesStyle, type SeriesStyle } from './palette';

const DASH_ARRAYS: Readonly<Record<SeriesStyle['dash'], string>> = {
  solid: 'none',
  dashed: '6 4',
  dotted: '2 3',
};

/** The models' colours, dashes and symbols: beside the charts, so that it wraps and can be read aloud. */
export const modelLegend = (models: readonly string[]): Html =>
  html`<ul class="legend">
    ${models.map((model, index) => html`<li>${swatch(seriesStyle(index))}${model}</li>`)}
  </ul>`;

const swatch = ({ colour, dash, symbol }: SeriesStyle): Html => html`
  <svg width="44" height="12" aria-hidden="true">
    <path d="M1 6H26" stroke="${colour}" stroke-width="3" stroke-dasharray="${DASH_ARRAYS[dash]}" />
    <path d="${symbol}" transform="translate(32 1)" fill="${colour}" />
  </svg>
`;

/** @param entries CSS colour by name */
export const colourLegend = (entries: Readonly<Record<string, string>>): Html =>
  html`<ul class="legend">
    ${Object.entries(entries).map(
      ([name, colour]) => html`
        <li>
          <svg width="14" height="12" aria-hidden="true">
            <rect y="1" width="12" height="11" fill="${colour}" />
          </svg>
          ${name}
        </li>
      `,
    )}
  </ul>`;
