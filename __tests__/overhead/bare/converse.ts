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

export interface BareAnswer {
  readonly text: string;
  /** Milliseconds to its first token. */
  readonly firstMs: number;
}

/** The SDK's call, and nothing else: what the handlers are compared with. */
export async function handler(input: ConverseCommandInput): Promise<BareAnswer> {
  const began = performance.now();
  const { stream = [] } = await client.send(new ConverseStreamCommand(input));
  let text = '';
  let firstMs = Infinity;
  for await (const { contentBlockDelta } of stream) {
    if (contentBlockDelta?.delta?.text === undefined) continue;
    if (text === '') firstMs = performance.now() - began;
    text += contentBlockDelta.delta.text;
  }
  return { text, firstMs };
}
