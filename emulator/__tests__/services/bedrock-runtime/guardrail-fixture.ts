import type { Resource } from '../../../stack/resource';

export const CARD = '4111 1111 1111 1111';
export const ARN = 'arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdefghijkl';
const MESSAGES = { blocked_input_messaging: 'Not asked.', blocked_outputs_messaging: 'Not said.' };

const resource = (type: string, values: object) => ({ type, address: `${type}.it`, values }) as Resource;
export const drawn = (policies: object) =>
  resource('aws_bedrock_guardrail', { ...MESSAGES, ...policies, guardrail_arn: ARN });
export const version = (number: string) =>
  resource('aws_bedrock_guardrail_version', { guardrail_arn: ARN, version: number });

export const both = (action: string) => ({ action, input_action: action, output_action: action });
export const pii = (...kinds: readonly (readonly [type: string, actions: object])[]) => ({
  sensitive_information_policy_config: [
    { pii_entities_config: kinds.map(([type, actions]) => ({ type, ...actions })) },
  ],
});
export const words = (...texts: readonly string[]) => ({
  word_policy_config: [{ words_config: texts.map((text) => ({ text })) }],
});
