import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { DEFAULT_REQUEST_TYPE } from '../../../contract/question';
import type { ModelConfig, ModelRule } from '../../../contract/model-config';
import { selectRule } from '../../../contract/select-rule';
import { type Stack, text } from '@assistant/emulator/run';

const QUESTION = 'What does an early repayment of my loan cost me, and where do I ask for it?';

/** The caller's body, the same for every call. */
export const BODY = JSON.stringify({ question: QUESTION });

/** The rule that answers it, from the first version of ModelConfig that the stack deploys. */
export function ruleOf(stack: Stack): ModelRule {
  const version = stack.one('aws_appconfig_hosted_configuration_version');
  const config = JSON.parse(text(version, 'content')) as ModelConfig;
  return selectRule(config, stack.region, DEFAULT_REQUEST_TYPE);
}

/** What the tier's function asks of its model: for the call by the bare SDK. */
export const converseInput = (rule: ModelRule, tier: 'primary' | 'fallback'): ConverseCommandInput => ({
  modelId: rule[tier].modelId,
  system: [{ text: rule.systemPrompt }],
  messages: [{ role: 'user', content: [{ text: QUESTION }] }],
  inferenceConfig: { maxTokens: rule.maxTokens },
});
