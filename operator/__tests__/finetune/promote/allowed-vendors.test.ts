import { vendorProblem } from '../../../finetune/promote/serve-tuned';
import { requireServable } from '../../../finetune/promote/promote';
import { ARN } from './model-config-fixture';

test.each([
  ['us.amazon.nova-micro-v1:0', true],
  ['amazon.nova-micro-v1:0', true],
  [ARN, true],
  ['us.meta.llama3-1-8b-instruct-v1:0', false],
])('the functions may call %s: %s', (modelId, allowed) => {
  const problem = vendorProblem({ modelId }, ['anthropic', 'amazon']);
  expect(problem === undefined).toBe(allowed);
  if (!allowed) expect(problem).toContain('add "meta" to modelVendors');
});

test('a model that is tuned where the assistant does not run cannot be served', () => {
  const regions = { primary: 'us-east-1', secondary: 'us-west-2' };
  expect(() => {
    requireServable({ region: 'eu-west-1', config: { regions } });
  }).toThrow('eu-west-1 is served there alone');
  expect(() => {
    requireServable({ region: 'us-west-2', config: { regions } });
  }).not.toThrow();
});
