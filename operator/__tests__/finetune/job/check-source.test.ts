import { TUNABLE_MODELS, type TunableModel } from '../../../../contract/tunable-models';
import { conversations, streamOf } from '../dataset/fixture';
import { checkSource } from '../../../finetune/job/training-data';

const [NOVA] = TUNABLE_MODELS as [TunableModel];

it.each([
  ['that is good', conversations(8), 'good', 's3://b/k, 8 records'],
  ['with a broken line', [...conversations(8), '{'], 'bad', /the first in line 9, \$: /],
  ['that is at fault as a whole', conversations(3), 'bad', /the first: 3 records/],
])('a file %s', async (_, lines, verdict, detail) => {
  const { check } = await checkSource(
    streamOf(lines.map((line) => `${line}\n`).join('')),
    's3://b/k',
    'training',
    NOVA,
  );
  expect(check).toMatchObject({ verdict });
  expect(check.detail).toMatch(detail);
});
