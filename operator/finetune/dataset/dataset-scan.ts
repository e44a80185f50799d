import { hash } from 'node:crypto';
import { counted } from '../../command/words';
import { TUNABLE_MODELS, type DatasetFormat, type TunableModel } from '../../../contract/tunable-models';
import type { CheckOptions } from './check-dataset';
import type { DatasetReport } from './dataset-report';
import { readLine, type Line } from './line-reader';
import { isError, type Problem, type ProblemKind, ProblemLog } from './problem';
import { CONTAINER_NAMES, type Container } from './container';
import { checkRecord, type CheckedRecord, type RecordRules } from './record/check-record';
import { formatOf } from './record/formats';
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
  /** Of the first record, where it is in one of Bedrock's. */
  private found: DatasetFormat | undefined;
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

  /**
   * Judges what only the whole file shows. Bedrock counts training and validation records together for the most (quota
   * "Sum of training and validation records"), so a split does not make a file that is too large smaller.
   */
  finish(): void {
    if (this.container) return;
    const { records, model } = this;
    const { use = 'training' } = this.options;
    const split = this.writer?.records;
    const add = (kind: ProblemKind, detail: string): void => {
      this.add({ kind, line: 0, path: '$', detail });
    };
    const fewest = use === 'validation' ? 1 : (model?.records.minimum ?? 1);
    const trained = split?.training ?? records;
    if (trained < fewest)
      add('too-few-records', `${counted(trained, 'record')} for ${use}; at least ${fewest} are needed`);
    if (model && records > model.records.maximum)
      add(
        'too-many-records',
        `${records} records; the base model takes ${model.records.maximum}, validation included`,
      );
    if (split?.validation === 0) add('empty-validation-set', 'no record was chosen for validation');
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
    return this.demanded ?? this.found ?? this.options.model?.format ?? 'conversation';
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
    if (found === 'conversation' || found === 'prompt-completion') this.found = found;
    const { format, model } = this;
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
