import { TUNABLE_MODELS, tunableModel } from '../../../../contract/tunable-models';
import { epochsOf, hyperparameterProblems } from '../../../finetune/job/customization-request';

const nova = tunableModel('amazon.nova-micro-v1:0:128k');
if (!nova) throw new Error('Nova Micro is not tunable.');

test.each<[Record<string, string>, RegExp | undefined]>([
  [{}, undefined],
  [{ epochCount: '1' }, undefined],
  [{ epochCount: '5', learningRate: '1e-6', learningRateWarmupSteps: '0' }, undefined],
  [{ epochCount: '6' }, /^epochCount is "6"; allowed: a whole number from 1 to 5$/],
  [{ epochCount: '0' }, /epochCount/],
  [{ epochCount: '1.5' }, /whole number/],
  [{ epochCount: 'many' }, /epochCount is "many"/],
  [{ epochCount: ' ' }, /epochCount/],
  [{ learningRate: '0.001' }, /learningRate is "0.001"; allowed: a number from 0.000001 to 0.0001/],
  [{ batchSize: '1' }, /batchSize: amazon.nova-micro-v1:0:128k takes epochCount, learningRate/],
  [{ constructor: '1' }, /constructor: /],
])('%j: %s', (given, expected) => {
  const problems = hyperparameterProblems(nova, given);
  if (expected === undefined) expect(problems).toEqual([]);
  else expect(problems).toEqual([expect.stringMatching(expected)]);
});

test('epochs are as given, else Bedrock’s default for the model', () => {
  expect(epochsOf(nova, { epochCount: '4' })).toBe(4);
  for (const model of TUNABLE_MODELS) {
    expect(epochsOf(model, {})).toBe(model.hyperparameters.epochCount?.default);
  }
});
