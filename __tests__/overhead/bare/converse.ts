import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  type ConverseCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Its connections are configured as the functions' own: see lambdas/adapters/bedrock.ts. */
const client = new BedrockRuntimeClient({
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler({ connectionTimeout: 1_000 }),
});

/** The SDK's call, and nothing else: what the primary-model handler is compared with. */
export async function handler(input: ConverseCommandInput): Promise<string> {
  const { stream = [] } = await client.send(new ConverseStreamCommand(input));
  let text = '';
  for await (const { contentBlockDelta } of stream) text += contentBlockDelta?.delta?.text ?? '';
  return text;
}
