import { vendorOf } from '../../benchmark/vendor';

it.each([
  ['us.anthropic.claude-sonnet-5', 'anthropic'],
  ['anthropic.claude-3-haiku-20240307-v1:0', 'anthropic'],
  ['global.amazon.nova-2-lite-v1:0', 'amazon'],
  ['us-gov.amazon.nova-lite-v1:0', 'amazon'],
  ['amazon.nova-lite-v1:0', 'amazon'],
  ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.meta.llama3-3-70b-instruct-v1:0', 'meta'],
  ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'amazon'],
  ['arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij12', null],
  ['tuned', null],
])('%s is of %s', (modelId, vendor) => {
  expect(vendorOf(modelId)).toBe(vendor);
});
