import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** The SDK that the health function uses, and nothing else. */
export const client = new AppConfigDataClient({ maxAttempts: 1, requestHandler: new NodeHttpHandler() });
export const commands = [StartConfigurationSessionCommand, GetLatestConfigurationCommand];
