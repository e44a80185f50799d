import { AppConfig, DynamoDb, type Stack } from '@assistant/emulator/run';

/** What the router's handler calls besides Bedrock, with the stack's own resources. */
export interface HandlerServices {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startHandlerServices(stack: Stack): Promise<HandlerServices> {
  const appConfig = new AppConfig(stack.resources);
  const dynamoDb = new DynamoDb(stack.of('aws_dynamodb_table'), {
    region: stack.region,
    role: 'primary',
    faults: { match: () => undefined },
  });
  return {
    environment: {
      AWS_ENDPOINT_URL_APPCONFIGDATA: await appConfig.listen(),
      AWS_ENDPOINT_URL_DYNAMODB: await dynamoDb.listen(),
    },
    close: async () => {
      await Promise.all([appConfig.close(), dynamoDb.close()]);
    },
  };
}
