import type { DatasetFormat } from '../../../contract/tunable-models';
import type { Problem, Counts } from './problem';

/** What a pass over a dataset has found. */
export interface DatasetReport {
  readonly format: DatasetFormat;
  /** The base model whose limits were applied. */
  readonly model: string | undefined;
  readonly bytes: number;
  readonly lines: number;
  /** Lines that hold JSON, whether of the format or not. */
  readonly records: number;
  /** UTF-16 code units of all texts. */
  readonly characters: number;
  readonly problems: {
    readonly total: number;
    readonly byKind: Counts;
    /** The first of each kind, by line, at most as many as asked for. */
    readonly listed: readonly Problem[];
  };
  /** Counts of what the caller allows. */
  readonly allowed: Counts;
  /** Different records that duplicates were looked for among; undefined where among all. */
  readonly duplicatesSoughtAmong: number | undefined;
  readonly split: SplitReport | undefined;
}

/** Where a split went. Written only if the dataset has no problems. */
export interface SplitReport {
  readonly written: boolean;
  readonly training: { readonly file: string; readonly records: number };
  readonly validation: { readonly file: string; readonly records: number };
}
