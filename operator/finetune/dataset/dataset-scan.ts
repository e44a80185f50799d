import { hash } from 'node:crypto';
import { TUNABLE_MODELS, type DatasetFormat, type TunableModel } from '../../../contract/tunable-models';
import type { CheckOptions } from './check-dataset';
import type { DatasetReport } from './dataset-report';
import { readLine, type Line } from './line-reader';
import { isError, type Problem, ProblemLog } from './problem';
import { CONTAINER_NAMES, type Container } from './container';
import { checkRecord, type CheckedRecord, type RecordRules } from './record/check-record';
import { formatOf } from './record/formats';
import { reportRecordCounts } from './record-counts';
import type { SplitWriter } from './split/split-writer';

/** Different records whose copies are found: several times what any base model takes, in some 10 MB. */
const MAX_DIGESTS = 100_000;

const DEFAULT_MAX_PROBLEMS = 50;

/** Where no base model says what it takes. */
const EVERYTHING = [...new Set(TUNABLE_MODELS.flatMap(({ takes }) => takes))];

/** One pass over a dataset, line by line. */
export class DatasetScan {
  bytes = 0;
  private lines = 0;
  private records = 0;
  private textBytes = 0;
  private container: Container | undefined;
  private rules: RecordRules | undefined;
  private readonly log: ProblemLog;
  private readonly digests = new Set<string>();

  constructor(
    private readonly options: CheckOptions,
    private readonly writer: SplitWriter | undefined,
  ) {
    this.log = new ProblemLog(options.maxProblems ?? DEFAULT_MAX_PROBLEMS);
  }

  /** The file is no JSON Lines: nothing more can be said of it. */
  refuse(container: Container): void {
    this.container = container;
    this.add({ kind: container, line: 0, path: '$', detail: CONTAINER_NAMES[container] });
  }

  line(line: Line): void {
    this.lines = line.number;
    const json = readLine(line, this.add);
    if (!json) return;
    this.records += 1;
    this.rules ??= this.rulesFor(json.value);
    const record = checkRecord(json.value, this.rules, line.number);
    record.problems.forEach(this.add);
    this.textBytes += record.textBytes;
    this.lookForCopy(record, line.number);
    this.writer?.add(json.bytes, record.trainedContent);
  }

  /** Judges what only the whole file shows. */
  finish(): void {
    if (this.container) return;
    reportRecordCounts(
      { records: this.records, split: this.writer?.counts },
      { use: this.options.use ?? 'training', limits: this.model?.records },
      this.add,
    );
  }

  get clean(): boolean {
    return this.log.errors.total === 0;
  }

  report(): Omit<DatasetReport, 'split'> {
    const { bytes, lines, records, textBytes, log, digests } = this;
    return {
      format: this.format,
      model: this.model?.id,
      bytes,
      lines,
      records,
      textBytes,
      problems: log.errors,
      warnings: log.warnings,
      duplicatesSoughtAmong: digests.size < MAX_DIGESTS ? undefined : MAX_DIGESTS,
    };
  }

  private readonly add = (problem: Problem): void => {
    this.log.add(problem);
  };

  private get format(): DatasetFormat {
    return this.rules?.format ?? this.demanded ?? this.options.model?.format ?? 'conversation';
  }

  /** Undefined where the first record decides. */
  private get demanded(): DatasetFormat | undefined {
    const { format, model } = this.options;
    return format === 'detect' ? undefined : (format ?? model?.format);
  }

  /** The limits of a model that is tuned on another format say nothing. */
  private get model(): TunableModel | undefined {
    const { model } = this.options;
    return model?.format === this.format ? model : undefined;
  }

  /** @param value the first record, which tells the format where the caller does not */
  private rulesFor(value: unknown): RecordRules {
    const found = formatOf(value);
    const ours = found === 'conversation' || found === 'prompt-completion' ? found : undefined;
    const format = this.demanded ?? ours ?? this.format;
    const model = this.options.model?.format === format ? this.options.model : undefined;
    return {
      format,
      takes: model?.takes ?? EVERYTHING,
      maxTokens: model?.recordTokens,
      maxCharacters: model?.recordCharacters,
    };
  }

  /** Among records without problems: the others are to be mended first. */
  private lookForCopy({ problems, trainedContent }: CheckedRecord, line: number): void {
    if (problems.some(isError)) return;
    const digest = hash('sha256', trainedContent, 'base64');
    if (this.digests.has(digest))
      this.add({ kind: 'duplicate', line, path: '$', detail: 'says the same as an earlier record' });
    else if (this.digests.size < MAX_DIGESTS) this.digests.add(digest);
  }
}
