import { requireServable } from '../../../finetune/promote/promote';

test('a model that is tuned where the assistant does not run cannot be served', () => {
  const regions = { primary: 'us-east-1', secondary: 'us-west-2' };
  expect(() => {
    requireServable({ region: 'eu-west-1', config: { regions } });
  }).toThrow('eu-west-1 is served there alone');
  expect(() => {
    requireServable({ region: 'us-west-2', config: { regions } });
  }).not.toThrow();
});
