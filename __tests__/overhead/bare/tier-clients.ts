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
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** The SDK that the two tiers' functions use, and nothing else. */
const options = () => ({ maxAttempts: 1, requestHandler: new NodeHttpHandler() });
export const clients = [
  new BedrockRuntimeClient(options()),
  new AppConfigDataClient(options()),
  new DynamoDBClient(options()),
];
export const commands = [
  ConverseCommand,
  ConverseStreamCommand,
  StartConfigurationSessionCommand,
  GetLatestConfigurationCommand,
  GetItemCommand,
  PutItemCommand,
];
