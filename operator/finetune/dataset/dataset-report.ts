import type { DatasetFormat } from '../../../contract/tunable-models';
import type { Found } from './problem';

/** What a pass over a dataset has found. */
export interface DatasetReport {
  readonly format: DatasetFormat;
  /** The base model whose limits were applied. */
  readonly model: string | undefined;
  readonly bytes: number;
  readonly lines: number;
  /** Lines that hold JSON, whether of the format or not. */
  readonly records: number;
  /** UTF-8 bytes of all texts. */
  readonly textBytes: number;
  /** What a job fails on. */
  readonly problems: Found;
  readonly warnings: Found;
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
