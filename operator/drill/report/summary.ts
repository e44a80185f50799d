import type { Classification } from '../classify';
import { seconds } from '../verdict';
import type { DrillReport } from './drill-report';

/** What was measured, as rows of a name and a value. */
export function summaryRows({ measurement }: Pick<DrillReport, 'measurement'>): readonly [string, string][] {
  const { unanswered, lostDespiteRetry, lostDespiteRetryAfterMove } = measurement;
  const count = (of: Classification) => String(unanswered.filter(({ because }) => because === of).length);
  return [
    ['loss → first health check unhealthy', seconds(measurement.detectedAfterMs)],
    ['loss → DNS answer changed', seconds(measurement.answerChangedAfterMs)],
    ['loss → the client of this drill has moved', seconds(measurement.movedAfterMs)],
    ['loss → the last client has moved', seconds(measurement.lastAnswerExpiredAfterMs)],
    ['recovery → first health check healthy', seconds(measurement.recoveryDetectedAfterMs)],
    ['recovery → the client of this drill has returned', seconds(measurement.returnedAfterMs)],
    ['recovery → the last client has returned', seconds(measurement.returnAnswerExpiredAfterMs)],
    ['requests', String(measurement.requests)],
    ['without an answer: in flight at the loss', count('in flight')],
    ['without an answer: within detection and time to live', count('before the move')],
    ['without an answer: unexplained', count('unexplained')],
    ['a client that retries once: without an answer', String(lostDespiteRetry)],
    ['a client that retries once: without an answer after the move', String(lostDespiteRetryAfterMove)],
  ];
}

/** The report's last word in a terminal. */
export function summaryText(report: DrillReport): string {
  const rows = summaryRows(report).map(([name, value]) => `  ${name.padEnd(62)} ${value}`);
  const promises = report.verdicts.map(
    ({ promise, measured, held }) => `  ${held ? 'held  ' : 'MISSED'}  ${promise}: ${measured}`,
  );
  return ['', ...rows, '', ...promises, ''].join('\n');
}
