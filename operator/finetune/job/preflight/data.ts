import type { TunableModel } from '../../../../contract/tunable-models';
import { isNotFound } from '../../../command/errors';
import { commandLine, forgotten } from '../../target/open-target';
import { checkDataset } from '../../dataset/check-dataset';
import type { DatasetReport } from '../../dataset/dataset-report';
import type { Problem } from '../../dataset/problem';
import type { Target } from '../../target/target';
import { readObject, trainingObject, type TrainingObject } from '../training-data';
import { bad, good, type Check } from '../../../command/check';
import { counted } from '../../../command/words';

export type DataUse = 'training' | 'validation';

const NAMES = { training: 'training data', validation: 'validation data' } as const;

export interface CheckedData {
  readonly check: Check;
  /** Undefined where there is no such object. */
  readonly object?: TrainingObject;
  readonly report?: DatasetReport;
}

/** Reads an object of the training bucket from end to end: what Bedrock would refuse later is refused now. */
export async function checkObject(
  target: Pick<Target, 'kind' | 's3' | 'bucket'>,
  key: string,
  use: DataUse,
  base: TunableModel,
): Promise<CheckedData> {
  try {
    const object = await trainingObject(target, key);
    const { check, report } = await checkSource(await readObject(target, object), object.uri, use, base);
    return { check, object, report };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const upload = `Upload it: ${commandLine(target, `upload FILE --key ${key}`)}`;
    return {
      check: bad(NAMES[use], `s3://${target.bucket}/${key} does not exist${forgotten(target)}`, upload),
    };
  }
}

/** @param where what the source is called in the result */
export async function checkSource(
  source: AsyncIterable<Buffer>,
  where: string,
  use: DataUse,
  base: TunableModel,
): Promise<{ readonly check: Check; readonly report: DatasetReport }> {
  const report = await checkDataset(source, { format: base.format, model: base, use });
  const { records, problems, warnings } = report;
  if (problems.total === 0) {
    const doubts = warnings.total > 0 ? `, ${counted(warnings.total, 'warning')}: see finetune check` : '';
    return { check: good(NAMES[use], `${where}, ${counted(records, 'record')}${doubts}`), report };
  }
  const [first] = problems.listed;
  return {
    check: bad(
      NAMES[use],
      `${where} has ${counted(problems.total, 'problem')}${first ? `, the first${describe(first)}` : ''}`,
      `See them all: npm run assistant -- finetune check FILE --model ${base.id}`,
    ),
    report,
  };
}

/** Line 0 stands for the file as a whole. */
const describe = ({ line, path, detail }: Problem): string =>
  line === 0 ? `: ${detail}` : ` in line ${line}, ${path}: ${detail}`;
