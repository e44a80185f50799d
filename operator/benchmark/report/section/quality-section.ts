import { meanByQuestion, scoresByCall } from '../../figures/quality-figures';
import { chargedText, isJudgePriced, percent, UNKNOWN } from '../../figures/format';
import type { Judgement } from '../../quality/quality';
import type { JudgedResult } from '../../result-file';
import { html, NOTHING, type Html } from '../../../report/html';
import { table } from '../../../report/table';

/** Which questions were answered how well, and what the judge said. */
export function qualitySection(result: JudgedResult): Html {
  const { judge, scores } = result.quality;
  if (scores.length === 0 && judge === null) return NOTHING;
  return html`<section>
    <h2>Quality by question</h2>
    ${scores.length === 0 ? NOTHING : questionTable(result)} ${judge === null ? NOTHING : judgePart(judge)}
  </section>`;
}

function questionTable({ plan, calls, quality }: JudgedResult): Html {
  const scoreOf = scoresByCall(quality.scores);
  const measured = calls.filter(({ warmup }) => !warmup);
  const byModel = plan.models.map((model) =>
    meanByQuestion(
      measured.filter((call) => call.model === model),
      scoreOf,
    ),
  );
  const questionOf = new Map(measured.map(({ index, questionId }) => [index, questionId]));
  const misses = new Map<string, Map<string, number>>();
  for (const { index, unmet } of quality.scores) {
    const id = questionOf.get(index) ?? '';
    const counts = misses.get(id) ?? new Map<string, number>();
    for (const expectation of unmet) counts.set(expectation, (counts.get(expectation) ?? 0) + 1);
    misses.set(id, counts);
  }
  return table({
    caption: 'Share of expectations met, all regions and APIs together',
    head: ['Question', ...plan.models, 'Most often missed'],
    rows: plan.questions.ids
      .filter((id) => byModel.some((scores) => scores.has(id)))
      .map((id) => [id, ...byModel.map((scores) => share(scores.get(id))), mostMissed(misses.get(id))]),
  });
}

const share = (score: number | undefined): string => (score === undefined ? UNKNOWN : percent(score));

const mostMissed = (counts: ReadonlyMap<string, number> = new Map()): string =>
  [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, 2)
    .map(([expectation, times]) => `${expectation} (${times})`)
    .join('; ');

function judgePart(judge: Judgement): Html {
  const { model, rubric, spentUsd, agreement, length } = judge;
  const { pairs, consistent, kappa, firstPlace, malformed, failed, skipped } = agreement;
  const rows = [
    ['Pairs judged in both orders', String(pairs)],
    ['The same in both orders', share(consistent ?? undefined)],
    ['Cohen’s kappa of both orders', kappa === null ? UNKNOWN : kappa.toFixed(2)],
    ['Preferences for the first place (50 % is none)', share(firstPlace ?? undefined)],
    ['Preferred when only said twice (length alone)', `${length.preferred} of ${length.pairs}`],
    ['Answers malformed, failed, skipped', `${malformed}, ${failed}, ${skipped}`],
    ['Cost of judging', chargedText(spentUsd, isJudgePriced(judge))],
  ];
  return html`<h3>Judge: ${model}</h3>
    <p>
      Every pair of answers was judged twice, with the answers in both places. Only what was said in both
      counts; a preference that moved with the place is a tie.
    </p>
    ${table({ caption: 'How far the judge agrees with itself', head: ['Figure', 'Value'], rows })}
    <details>
      <summary>The judge’s rubric</summary>
      <pre>${rubric}</pre>
    </details>`;
}
