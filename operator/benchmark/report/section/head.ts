import type { Verdict } from '../../../report/page';
import { groupBy } from '../../../statistics/group-by';
import { perThousand } from '../../compare/metrics';
import { figuresOf, type Figures } from '../../figures/figures';
import { chargedText, isPriced, milliseconds, percent, usd } from '../../figures/format';
import type { Estimate } from '../../measure/statistics/rate';
import type { JudgedResult } from '../../result-file';
import { groupTitle } from './figures-table';
import { counted } from '../../../command/words';

/** What a model can be the best in; the lowest is the best but for quality. */
const DISTINCTIONS = [
  { name: 'Lowest p50', read: ({ totalMs }: Figures) => totalMs?.p50, show: milliseconds, sign: 1 },
  {
    name: 'Lowest cost of 1,000 answers',
    read: ({ costUsd }: Figures) => perThousand(costUsd),
    show: usd,
    sign: 1,
  },
  { name: 'Most expectations met', read: ({ score }: Figures) => score, show: percent, sign: -1 },
] as const;

/** How many calls were answered, and which models lead. Whether by more than chance, their intervals tell. */
export function verdictOf(result: JudgedResult): Verdict {
  const measured = result.calls.filter(({ warmup }) => !warmup);
  const answered = measured.filter(({ outcome }) => outcome === 'answered').length;
  const share = measured.length === 0 ? 0 : answered / measured.length;
  const interrupted = result.finishedAt === null ? ', interrupted before its end' : '';
  const [missing, leftOut] = [notMeasured(result), result.skipped.length];
  const without = leftOut > 0 ? `, ${leftOut} left out` : '';
  const overall = figuresOf(result).filter(({ type }) => type === null);
  return {
    tone: answered === 0 || interrupted !== '' || missing.length > 0 ? 'bad' : 'plain',
    text: `${answered} of ${counted(measured.length, 'call')} answered (${percent(share)})${without}${interrupted}.${missing.map((each) => ` Not measured: ${each}.`).join('')}`,
    because: DISTINCTIONS.flatMap(({ name, read, show, sign }) => {
      const known = overall.flatMap((figures): readonly (readonly [Figures, Estimate])[] => {
        const estimate = read(figures);
        return estimate ? [[figures, estimate]] : [];
      });
      const [best] = known.toSorted(([, one], [, other]) => sign * (one.value - other.value));
      if (best === undefined || result.plan.models.length < 2) return [];
      const { value } = best[1];
      const tied = known.filter(([, estimate]) => estimate.value === value);
      const names = tied.map(([figures]) => groupTitle(figures.model, result.plan, figures));
      return [`${name}: ${show(value)}, ${names.join('; ')}`];
    }),
  };
}

/** Models that Bedrock does not call; with the region, where another one does. */
function notMeasured({ skipped, calls }: JudgedResult): readonly string[] {
  const refused = skipped.filter(({ reason }) => reason === 'no-such-model');
  return groupBy(refused, ({ model }) => model).map((ofModel) => {
    const [{ model }] = ofModel;
    if (!calls.some((call) => call.model === model && call.outcome === 'answered')) return model;
    return `${model} in ${[...new Set(ofModel.map(({ region }) => region))].join(', ')}`;
  });
}

/** What was measured, and under which conditions. */
export function factsOf({
  plan,
  startedAt,
  finishedAt,
  machine,
  prices,
  spend,
  calls,
  quality,
}: JudgedResult): readonly (readonly [string, string])[] {
  const measured = calls.filter(({ warmup }) => !warmup).length;
  const cap = plan.maxCostUsd === null ? 'no cap' : `cap ${usd(plan.maxCostUsd)}`;
  const { total, perModel } = plan.rate;
  const rates = [
    ...(total === null ? [] : [`${counted(total, 'call')} a second`]),
    ...(perModel === null ? [] : [`${perModel} a second and model`]),
  ];
  return [
    ['Began', startedAt],
    ['Ended', finishedAt ?? 'interrupted before its end'],
    ['Models', plan.models.join(', ')],
    ['Regions', plan.regions.join(', ')],
    ['APIs', plan.apis.join(', ')],
    [
      'Calls',
      `${measured} measured: ${counted(plan.questions.ids.length, 'question')}, ${counted(plan.runs, 'run')}, order by seed ${plan.seed}`,
    ],
    ['Load', [`${counted(plan.concurrency, 'caller')}, each waiting for its answer`, ...rates].join('; ')],
    ['Cost', `${chargedText(spend.spentUsd, isPriced(prices, quality.judge))}, ${cap}`],
    ['Prices', `of ${prices.date}: ${prices.source}`],
    ['Machine', `${machine.cpu}, ${machine.os}, Node ${machine.node}`],
  ];
}
