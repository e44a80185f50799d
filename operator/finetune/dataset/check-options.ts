import type { DatasetFormat, TunableModel } from '../../../contract/tunable-models';
import type { AllowableKind } from './problem';
import type { SplitOptions } from './split/split-writer';

export interface CheckOptions {
  /**
   * Left out: the model's. `detect`, or left out without a model: that of the first record, where it looks like
   * one, else the model's.
   */
  readonly format?: DatasetFormat | 'detect' | undefined;
  /** The base model whose limits apply, where the format is the model's. */
  readonly model?: TunableModel | undefined;
  /** A validation set has no fewest records. `training` where left out. */
  readonly use?: 'training' | 'validation';
  /** Problems to list; all are counted. 50 where left out. */
  readonly maxProblems?: number;
  readonly allow?: readonly AllowableKind[];
  readonly split?: SplitOptions | undefined;
  /** Bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}
