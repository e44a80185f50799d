import { CommandError } from '../../command/errors';
import type { DatasetReport } from '../dataset/dataset-report';
import { describeProblem } from '../dataset/report-text';

/** The dataset has problems: nothing was uploaded. */
export class DatasetRefused extends CommandError {
  constructor(
    file: string,
    readonly report: DatasetReport,
  ) {
    const { total, listed } = report.problems;
    super(
      [
        ...listed.map(describeProblem),
        `${file} has ${total} ${total === 1 ? 'problem' : 'problems'}; nothing was uploaded.`,
        `See what to do about them: npm run assistant -- finetune check ${file}`,
      ].join('\n'),
    );
  }
}
