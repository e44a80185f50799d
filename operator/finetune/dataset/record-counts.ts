import type { TunableModel } from '../../../contract/tunable-models';
import type { Problem, ProblemKind } from './problem';
import type { Side } from './split/split-writer';
import { counted } from '../../command/words';

/**
 * No line that a model takes is longer: 300,000 tokens (Nova Lite and Pro) of 6 characters of 4 bytes are 7.2 MB.
 */
export const MAX_LINE_BYTES = 8 * 2 ** 20;

interface RecordCounts {
  /** Of the whole file. */
  readonly records: number;
  /** Of each side, where the file is split. */
  readonly split: Readonly<Record<Side, number>> | undefined;
}

interface CountRules {
  readonly use: 'training' | 'validation';
  /** Undefined where no base model says. */
  readonly limits: TunableModel['records'] | undefined;
}

/**
 * Bedrock counts training and validation records together for the most (quota "Sum of training and validation
 * records"), so a split does not make a file that is too large smaller.
 */
export function reportRecordCounts(
  { records, split }: RecordCounts,
  { use, limits }: CountRules,
  report: (problem: Problem) => void,
): void {
  const add = (kind: ProblemKind, detail: string): void => {
    report({ kind, line: 0, path: '$', detail });
  };
  const fewest = use === 'validation' ? 1 : (limits?.minimum ?? 1);
  const trained = split?.training ?? records;
  if (trained < fewest)
    add('too-few-records', `${counted(trained, 'record')} ${forUse(use)}; at least ${fewest} are needed`);
  if (limits && records > limits.maximum)
    add(
      'too-many-records',
      `${records} records; the base model takes ${limits.maximum}, validation included`,
    );
  if (split?.validation === 0) add('empty-validation-set', 'no record was chosen for validation');
}

const forUse = (use: CountRules['use']): string => (use === 'validation' ? 'for validation' : 'for training');
