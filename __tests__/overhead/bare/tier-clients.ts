import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { Hash } from '@smithy/core/serde';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';

/** The SDK that the two tiers' functions use, and nothing else. */
const options = () => ({ maxAttempts: 1, requestHandler: new NodeHttpHandler() });
export const clients = [new BedrockRuntimeClient(options()), new AppConfigDataClient(options())];
export const parts = [Hash, SignatureV4];
export const commands = [
  ConverseCommand,
  ConverseStreamCommand,
  StartConfigurationSessionCommand,
  GetLatestConfigurationCommand,
];
