import { usd } from '../../figures/format';
import type { JudgedResult } from '../../result-file';
import { html, NOTHING, type Html } from '../html';

/** What was measured, under which conditions, and what to know before reading on. */
export function headSection({
  plan,
  startedAt,
  finishedAt,
  machine,
  prices,
  spend,
  calls,
  warnings,
  quality,
}: JudgedResult): Html {
  const measured = calls.filter(({ warmup }) => !warmup).length;
  const cap = plan.maxCostUsd === null ? 'no cap' : `cap ${usd(plan.maxCostUsd)}`;
  const { total, perModel } = plan.rate;
  const rates = [
    ...(total === null ? [] : [`${total} calls a second`]),
    ...(perModel === null ? [] : [`${perModel} a second and model`]),
  ];
  const entries: readonly (readonly [string, string])[] = [
    ['Began', startedAt],
    ['Ended', finishedAt ?? 'interrupted before its end'],
    ['Models', plan.models.join(', ')],
    ['Regions', plan.regions.join(', ')],
    ['APIs', plan.apis.join(', ')],
    [
      'Calls',
      `${measured} measured: ${plan.questions.ids.length} questions, ${plan.runs} runs, order by seed ${plan.seed}`,
    ],
    ['Load', [`${plan.concurrency} callers, each waiting for its answer`, ...rates].join('; ')],
    ['Spent', `${usd(spend.spentUsd)}, ${cap}`],
    ['Prices', `of ${prices.date}: ${prices.source}`],
    ['Machine', `${machine.cpu}, ${machine.os}, Node ${machine.node}`],
  ];
  const notes = [...warnings, ...quality.warnings];
  return html`<header>
    <h1>Models on your own questions</h1>
    <dl>
      ${entries.map(
        ([term, text]) =>
          html`<dt>${term}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>
    ${
      notes.length === 0
        ? NOTHING
        : html`<ul class="warning">
            ${notes.map((note) => html`<li>${note}</li>`)}
          </ul>`
    }
  </header>`;
}
