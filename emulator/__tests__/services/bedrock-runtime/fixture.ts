import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseCommandInput,
  type ConverseCommandOutput,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createBedrock, type Bedrock, type BedrockOptions } from '../../../services/bedrock-runtime/bedrock';
import { standIn } from '../../../services/bedrock-runtime/answerer';
import { Faults } from '../../../platform/faults/faults';

export const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
export const NOVEMBER_2026 = Date.parse('2026-11-22');

export const ask = (text: string): Pick<ConverseCommandInput, 'messages'> => ({
  messages: [{ role: 'user', content: [{ text }] }],
});

/** A running Bedrock and an unmodified client that calls it. */
export class Rig {
  private constructor(
    readonly bedrock: Bedrock,
    readonly url: string,
    readonly faults: Faults,
    private readonly client: BedrockRuntimeClient,
  ) {}

  static async start(options: Partial<BedrockOptions> = {}, clientRegion = 'us-east-1'): Promise<Rig> {
    const faults = new Faults();
    const bedrock = createBedrock({
      region: 'us-east-1',
      role: 'primary',
      intercept: faults.interceptor('primary', 'bedrock'),
      answer: standIn,
      now: () => NOVEMBER_2026,
      ...options,
    });
    const url = await bedrock.listen();
    const client = new BedrockRuntimeClient({
      endpoint: url,
      region: clientRegion,
      credentials: { accessKeyId: 'AKIAROUTER', secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler(),
    });
    return new Rig(bedrock, url, faults, client);
  }

  converse(
    input: Partial<ConverseCommandInput> = {},
    abortSignal?: AbortSignal,
  ): Promise<ConverseCommandOutput> {
    const command = new ConverseCommand({ modelId: HAIKU, ...ask('Where is my parcel?'), ...input });
    return this.client.send(command, { ...(abortSignal && { abortSignal }) });
  }

  /** The events of a stream, as they come. */
  async *stream(
    input: Partial<ConverseCommandInput> = {},
    abortSignal?: AbortSignal,
  ): AsyncGenerator<ConverseStreamOutput> {
    const command = new ConverseStreamCommand({ modelId: HAIKU, ...ask('Where is my parcel?'), ...input });
    const { stream = [] } = await this.client.send(command, { ...(abortSignal && { abortSignal }) });
    yield* stream;
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.bedrock.close();
  }
}
