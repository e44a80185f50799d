import { interval, milliseconds, percent, usd, value } from '../figures/format';
import { isChoice, type Choice, type NoChoice, type Recommendation, type Rejection } from './recommend';
import type { ModelFigures } from './model-figures';
import type { Ranked } from './rank';

/** The recommendations with their reasons, for the terminal. */
export const recommendationText = (recommendations: readonly Recommendation[]): string =>
  [
    '',
    'Recommendation. Latency and cost are held by the upper ends of their 95 %',
    'intervals; of several regions, the worst of each figure counts, as one rule',
    'serves them all.',
    ...recommendations.flatMap((recommendation) => [
      '',
      ...(isChoice(recommendation) ? choiceLines(recommendation) : noChoiceLines(recommendation)),
    ]),
    '',
  ].join('\n');

const choiceLines = ({ type, primary, fallback, others, notes, rejected }: Choice): readonly string[] => [
  type,
  ...rankedLines('primary ', primary),
  ...rankedLines('fallback', fallback),
  ...others.map(({ figures }) => `  not taken: ${figures.model} (${figuresText(figures)})`),
  ...rejected.flatMap(rejectionLines),
  ...notes.map((note) => `  note: ${note}`),
];

const noChoiceLines = ({ type, reason, loosen, rejected }: NoChoice): readonly string[] => [
  `${type}: ${reason}`,
  ...rejected.flatMap(rejectionLines),
  ...(loosen.length === 0
    ? ['  No constraint can be loosened so that one of these models passes: name others in --models.']
    : loosen.map((advice) => `  to go on: ${advice}`)),
];

const rankedLines = (role: string, { figures, reason }: Ranked): readonly string[] => [
  `  ${role}  ${figures.model}`,
  `            ${figuresText(figures)}`,
  `            why: ${reason}`,
];

const rejectionLines = ({ figures, violations }: Rejection): readonly string[] => [
  `  rejected: ${figures.model}`,
  ...violations.map(
    ({ constraint, reason }) => `            ${constraint === null ? '' : `${constraint}: `}${reason}`,
  ),
];

const figuresText = ({ quality, p95Ms, costPer1k, failureRate }: ModelFigures): string =>
  [
    `quality ${value(quality, percent)} ${interval(quality, percent)}`.trim(),
    `p95 ${value(p95Ms, milliseconds)} ${interval(p95Ms, milliseconds)}`.trim(),
    `1,000 answers ${value(costPer1k, usd)} ${interval(costPer1k, usd)}`.trim(),
    `failures ${percent(failureRate.value)}`,
  ].join('; ');
