import type { DatasetReport } from './dataset-report';
import { KINDS, type Found, type Problem, type ProblemKind } from './problem';
import { BYTES_PER_TOKEN } from './record/check-record';
import type { TrainingCost } from './training-cost';
import { counted } from '../../command/words';

/** The report for people, line by line. */
export function reportText(file: string, report: DatasetReport, cost: TrainingCost): readonly string[] {
  return [
    ...foundLines(report.problems, 'problem'),
    ...foundLines(report.warnings, 'warning'),
    summaryLine(file, report),
    ...(report.duplicatesSoughtAmong === undefined
      ? []
      : [
          `Copies were sought among the first ${amount(report.duplicatesSoughtAmong)} different records only.`,
        ]),
    ...splitLines(report),
    ...costLines(report, cost),
  ];
}

function foundLines({ listed, total, byKind }: Found, what: string): readonly string[] {
  if (total === 0) return [];
  const more = total > listed.length ? `, of which ${listed.length} are shown` : '';
  return [
    ...listed.map(describeProblem),
    '',
    `${counted(total, what)}${more}:`,
    ...Object.entries(byKind)
      .toSorted(([, one], [, other]) => other - one)
      .map(([kind, count]) => `  ${amount(count)} × ${kind}: ${KINDS[kind as ProblemKind].advice}`),
    '',
  ];
}

/** E.g. `line 3, messages[0].role: is not user, whose turn it is`. */
export function describeProblem({ line, path, detail, kind }: Problem): string {
  const field = path === '$' ? '' : `, ${path}`;
  return `${line === 0 ? 'file' : `line ${line}`}${field}: ${detail} [${kind}]`;
}

function summaryLine(file: string, { records, lines, format, model, problems }: DatasetReport): string {
  const verdict = problems.total === 0 ? 'is ready for training' : 'is not ready for training';
  const limits = model === undefined ? 'no base model’s limits applied' : `limits of ${model}`;
  return `${file} ${verdict}: ${counted(records, 'record')} in ${counted(lines, 'line')}, format ${format}, ${limits}.`;
}

function splitLines({ split }: DatasetReport): readonly string[] {
  if (!split) return [];
  if (!split.written) return ['Nothing was split off: mend the problems first.'];
  return [split.training, split.validation].map(
    (side) => `Wrote ${counted(side.records, 'record')} to ${side.file}.`,
  );
}

function costLines({ model, textBytes }: DatasetReport, cost: TrainingCost): readonly string[] {
  // What is in another format was not read.
  if (textBytes === 0) return [];
  const { tokens, epochs, usd, usdPerThousandTokens, pricesAsOf, source } = cost;
  const size = `About ${counted(tokens, 'token')} (${counted(textBytes, 'byte')} of text, ${BYTES_PER_TOKEN} a token)`;
  if (usd === undefined || usdPerThousandTokens === undefined) {
    const why = model === undefined ? 'it depends on the base model' : `there is no price here for ${model}`;
    return [`${size}. What training costs is unknown: ${why}; see ${source}`];
  }
  return [
    `${size} × ${counted(epochs, 'epoch')} × USD ${usdPerThousandTokens} per 1,000 = about USD ${usd.toFixed(2)}.`,
    `Prices as of ${pricesAsOf}, ${source}.`,
  ];
}

const amount = (count: number): string => count.toLocaleString('en-US');
