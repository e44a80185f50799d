import type { ModelAccessEnvironment } from '../../contract/environment';
import { conversationAccess } from '../conversation-access';
import type { Statement } from '../iam';
import type { AssistantFunctionsProps } from './create-functions';

/** Lambda gives CPU by memory: with less, loading the SDK takes several times as long. */
export const SDK_MEMORY_MB = 512;

/** What a function is given that asks models: the same for every tier, wherever it runs. */
export function modelAccess(
  props: AssistantFunctionsProps,
  onConversations?: Parameters<typeof conversationAccess>[1],
) {
  const { config, region, account, modelSelection, circuits, usage, guardrail } = props;
  const conversations = conversationAccess(props, onConversations);
  return {
    memoryMb: SDK_MEMORY_MB,
    environment: {
      ...modelSelection.environmentVariables,
      ...circuits.environmentVariables,
      ...usage.environmentVariables,
      ...conversations.environmentVariables,
      METRIC_NAMESPACE: config.project,
      MAX_RETRY_AFTER_SECONDS: String(config.maxRetryAfterSeconds),
      ...(guardrail?.environmentVariables ?? { GUARDRAIL: '' }),
    } satisfies ModelAccessEnvironment,
    statements: [
      modelSelection.readStatement(account),
      invokeModelsStatement(config.modelVendors, region, account),
      decryptModelsStatement(region, account),
      circuits.statement,
      usage.statement,
      ...conversations.statements,
      ...(guardrail ? [guardrail.statement] : []),
    ],
  };
}

/**
 * ModelConfig changes live, IAM does not. What may be called, in terms of a ModelConfig's `modelId`:
 * - a configured vendor's model by its id, or by an inference profile of a geography or `global.`, as id or ARN: the
 *   profile is asked for here, the model in whichever region the profile reaches;
 * - an application inference profile of this account and region by its ARN, as far as its models are such a vendor's;
 * - this account's tuned models in this region, by the ARN of a deployment or of provisioned throughput.
 * Not: imported models, prompt routers, Marketplace endpoints.
 */
function invokeModelsStatement(vendors: readonly string[], region: string, account: string): Statement {
  const own = `arn:aws:bedrock:${region}:${account}`;
  return {
    // ConverseStream and, for models that do not stream, Converse.
    actions: ['bedrock:InvokeModelWithResponseStream', 'bedrock:InvokeModel'],
    resources: [
      ...vendors.map((vendor) => `arn:aws:bedrock:*::foundation-model/${vendor}.*`),
      // A `global.` profile is authorized on the model without a region, too.
      ...vendors.map((vendor) => `arn:aws:bedrock:::foundation-model/${vendor}.*`),
      ...vendors.map((vendor) => `${own}:inference-profile/*.${vendor}.*`),
      `${own}:application-inference-profile/*`,
      `${own}:custom-model-deployment/*`,
      `${own}:provisioned-model/*`,
    ],
  };
}

/** Who calls a tuned model that is encrypted with a key of the account's needs the key, too, for Bedrock alone. */
function decryptModelsStatement(region: string, account: string): Statement {
  return {
    actions: ['kms:Decrypt'],
    resources: [`arn:aws:kms:${region}:${account}:key/*`],
    conditions: { StringEquals: { 'kms:ViaService': `bedrock.${region}.amazonaws.com` } },
  };
}
