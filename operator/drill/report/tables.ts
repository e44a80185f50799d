import { hanging, table, type Block } from '../../command/layout';
import type { Classification } from '../measure';
import type { TurnMeasurement } from '../measure-turns';
import { SCENARIOS } from '../scenario';
import { seconds } from '../verdict';
import type { DrillReport } from './drill-report';
import type { Turn } from './requests';

/** A column of a table of `Row`s. */
export interface Column<Row> {
  readonly head: string;
  readonly value: (row: Row) => string;
}

export const CHANGE_COLUMNS: readonly Column<DrillReport['changes'][number]>[] = [
  { head: 'After', value: ({ afterMs }) => seconds(afterMs) },
  { head: 'Change', value: ({ what }) => what },
];

export const TURN_COLUMNS: readonly Column<Turn>[] = [
  { head: 'First', value: ({ firstAt }) => seconds(firstAt) },
  { head: 'Last', value: ({ lastAt }) => seconds(lastAt) },
  { head: 'Answered by', value: ({ who }) => who },
  { head: 'Requests', value: ({ requests }) => String(requests) },
];

type Figure = Column<DrillReport['measurement']>;

const without =
  (because: Classification): Figure['value'] =>
  ({ unanswered }) =>
    String(unanswered.filter((request) => request.because === because).length);

/** What was measured where callers move, a row each, in the page and in the terminal. */
const MOVE_FIGURES: readonly Figure[] = [
  { head: 'loss → first health check unhealthy', value: (of) => seconds(of.detectedAfterMs) },
  { head: 'loss → DNS answer changed', value: (of) => seconds(of.answerChangedAfterMs) },
  { head: 'loss → the client of this drill has moved', value: (of) => seconds(of.movedAfterMs) },
  { head: 'loss → the last client has moved', value: (of) => seconds(of.lastAnswerExpiredAfterMs) },
  { head: 'recovery → first health check healthy', value: (of) => seconds(of.recoveryDetectedAfterMs) },
  {
    head: 'recovery → the client of this drill has returned',
    value: (of) => seconds(of.returnedAfterMs),
  },
  {
    head: 'recovery → the last client has returned',
    value: (of) => seconds(of.returnAnswerExpiredAfterMs),
  },
];

const REQUEST_FIGURES: readonly Figure[] = [
  { head: 'requests', value: (of) => String(of.requests) },
  { head: 'without an answer: in flight at the loss', value: without('in flight') },
  { head: 'without an answer: within detection and time to live', value: without('before the move') },
  { head: 'without an answer: unexplained', value: without('unexplained') },
  {
    head: 'a client that retries once: without an answer',
    value: (of) => String(of.lostDespiteRetry),
  },
  {
    head: 'a client that retries once: without an answer after the move',
    value: (of) => String(of.lostDespiteRetryAfterMove),
  },
];

const CONVERSATION_FIGURES: readonly Column<TurnMeasurement>[] = [
  { head: 'turns that were acknowledged as kept', value: (of) => String(of.acknowledged) },
  { head: 'replication lag between the regions', value: (of) => `${of.lagMs} ms` },
  { head: '… of them by the primary, within the lag before its loss', value: (of) => String(of.inWindow) },
  { head: '… of them missing in a later turn, until they arrived', value: (of) => String(of.missing) },
  { head: '… of them missing although the lag was over', value: (of) => String(of.missingTooLong) },
  { head: '… of them missing at the end', value: (of) => String(of.missingAtEnd) },
  { head: 'streams cut in the middle, each known as no answer', value: (of) => String(of.cutStreams) },
];

const rowsOf = <Row>(columns: readonly Column<Row>[], row: Row): readonly [string, string][] =>
  columns.map(({ head, value }) => [head, value(row)]);

export const figureRows = ({
  scenario,
  measurement,
  conversations,
}: Pick<DrillReport, 'scenario' | 'measurement' | 'conversations'>): readonly [string, string][] => [
  ...rowsOf([...(SCENARIOS[scenario].moves ? MOVE_FIGURES : []), ...REQUEST_FIGURES], measurement),
  ...(conversations ? rowsOf(CONVERSATION_FIGURES, conversations) : []),
];

/** The report's last word in a terminal. */
export const summaryText = (report: DrillReport): readonly Block[] => [
  '',
  table(['What was measured', ''], figureRows(report)),
  '',
  ...report.verdicts.map(({ promise, measured, held }) =>
    hanging(`  ${held ? 'held  ' : 'MISSED'}  ${promise}: ${measured}`, 10),
  ),
  '',
];
