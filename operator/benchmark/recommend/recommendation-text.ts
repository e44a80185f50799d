import { hanging, type Block } from '../../command/layout';
import { interval, milliseconds, percent, UNKNOWN, usd, value } from '../figures/format';
import type { Estimate } from '../measure/statistics/rate';
import {
  isChoice,
  isOpen,
  type Choice,
  type NoChoice,
  type Recommendation,
  type Rejection,
} from './recommend';
import type { ModelFigures } from './model-figures';
import type { Ranked } from './rank';

/** The recommendations with their reasons, for the terminal. */
export const recommendationText = (recommendations: readonly Recommendation[]): readonly Block[] => [
  '',
  'Recommendation. Each limit is held by the end of its interval that protects customers: of all models together, ' +
    'one that breaks a limit with these questions passes in 5 % of measurements at most. Of several regions, the ' +
    'worst of each figure counts, as one rule serves them all.',
  ...recommendations.flatMap((recommendation) => [
    '',
    ...(isChoice(recommendation) ? choiceLines(recommendation) : noChoiceLines(recommendation)),
  ]),
  '',
];

const choiceLines = ({ type, primary, fallback, others, notes, rejected }: Choice): readonly Block[] => [
  type,
  ...rankedLines('primary ', primary),
  ...rankedLines('fallback', fallback),
  ...others.map(({ figures }) => detail(`not taken: ${figures.model} (${figuresText(figures)})`)),
  ...rejected.flatMap(rejectionLines),
  ...notes.map((note) => detail(`note: ${note}`)),
];

const noChoiceLines = ({ type, verdict, reason, advice, others, rejected }: NoChoice): readonly Block[] => [
  `${type}: ${verdict === 'none' ? '' : 'NOT SHOWN. '}${reason}`,
  ...others.map(({ figures }) =>
    detail(`fulfils the constraints: ${figures.model} (${figuresText(figures)})`),
  ),
  ...rejected.flatMap(rejectionLines),
  ...(advice.length === 0
    ? ['  No constraint can be loosened so that one of these models passes: name others in --models.']
    : advice.map((text) => detail(`to go on: ${text}`))),
];

const detail = (text: string): Block => hanging(`  ${text}`, 4);

const rankedLines = (role: string, { figures, reason }: Ranked): readonly string[] => [
  `  ${role}  ${figures.model}`,
  `            ${figuresText(figures)}`,
  `            why: ${reason}`,
];

const rejectionLines = (rejection: Rejection): readonly string[] => [
  `  ${isOpen(rejection) ? 'not shown' : 'rejected'}: ${rejection.figures.model}`,
  ...rejection.violations.map(
    ({ constraint, reason }) => `            ${constraint === null ? '' : `${constraint}: `}${reason}`,
  ),
];

const figure = (estimate: Estimate | null, format: (amount: number) => string): string =>
  `${value(estimate, format)} ${interval(estimate, format)}`.trim();

const figuresText = ({ quality, p95Ms, costPer1k, costPer1kGood, failureRate }: ModelFigures): string =>
  [
    `quality ${figure(quality, percent)}`,
    `p95 ${figure(p95Ms, milliseconds)}`,
    `1,000 answers ${figure(costPer1k, usd)}`,
    `1,000 good ones ${costPer1kGood === null || costPer1kGood === Infinity ? UNKNOWN : usd(costPer1kGood)}`,
    `failures ${figure(failureRate, percent)}`,
  ].join('; ');
