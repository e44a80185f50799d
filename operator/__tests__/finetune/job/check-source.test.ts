import { TUNABLE_MODELS, type TunableModel } from '../../../../contract/tunable-models';
import { checkSource } from '../../../finetune/job/preflight/data';

const [NOVA] = TUNABLE_MODELS as [TunableModel];

const record = (text: string) =>
  JSON.stringify({
    schemaVersion: 'bedrock-conversation-2024',
    messages: [
      { role: 'user', content: [{ text }] },
      { role: 'assistant', content: [{ text: 'It is on its way.' }] },
    ],
  });
const records = (count: number) => Array.from({ length: count }, (_, index) => record(`Parcel ${index}?`));

async function* file(lines: readonly string[]): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

it.each([
  ['that is good', records(8), 'good', 's3://b/k, 8 records'],
  ['with a broken line', [...records(8), '{'], 'bad', /the first in line 9, \$: /],
  ['that is at fault as a whole', records(3), 'bad', /the first: 3 records/],
])('a file %s', async (_, lines, verdict, detail) => {
  const { check } = await checkSource(file(lines), 's3://b/k', 'training', NOVA);
  expect(check).toMatchObject({ verdict });
  expect(check.detail).toMatch(detail);
});
