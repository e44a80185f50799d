import { defaultModelConfig } from '../../../../contract/default-model-config';
import { forModel } from '../../../benchmark/measure/plan';
import { asServed, inferenceAsServed } from '../../../benchmark/questions/as-served';

const question = { id: 'a', type: 'finance_deep', question: 'Why?' };
const rule = defaultModelConfig.types.finance_deep;

it('a question is sent with the prompt and the limit of its type’s rule', () => {
  expect(asServed([question], defaultModelConfig)).toEqual([
    { ...question, system: rule?.systemPrompt, maxTokens: rule?.maxTokens },
  ]);
});

it('a question of a type without a rule is sent by the default one', () => {
  const [sent] = asServed([{ ...question, type: 'other' }], defaultModelConfig);
  expect(sent).toMatchObject({ system: defaultModelConfig.default.systemPrompt, maxTokens: 1_024 });
});

it('a question may name its own', () => {
  const own = { system: 'Be brief.', maxTokens: 10 };
  expect(asServed([{ ...question, ...own }], defaultModelConfig)).toEqual([
    { ...question, ...own, isOwnLimit: true },
  ]);
});

it('a model gets the inference parameters that it is configured with, others none', () => {
  const primary = { modelId: 'm', inference: { temperature: 0.2 } };
  const config = { ...defaultModelConfig, default: { ...defaultModelConfig.default, primary } };
  expect(inferenceAsServed(['m', 'other'], config)).toEqual({ m: { temperature: 0.2 } });
});

it('a model is sent its effort and its own tokens, as it is served', () => {
  const model = 'us.anthropic.claude-sonnet-5-5';
  const { [model]: inference } = inferenceAsServed([model], defaultModelConfig);
  expect(inference).toEqual({
    maxTokens: 4_096,
    additionalModelRequestFields: { output_config: { effort: 'low' } },
  });
  const [asked, limited] = asServed([question, { ...question, id: 'b', maxTokens: 10 }], defaultModelConfig);
  expect([asked, limited].map((sent) => sent && forModel(sent, inference).maxTokens)).toEqual([4_096, 10]);
});
