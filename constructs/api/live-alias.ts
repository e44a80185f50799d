import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { AssistantFunction } from '../functions/assistant-function';

/** The alias by which API Gateway calls a function, whose versions have no names before they are there. */
export const LIVE = 'live';

/**
 * Moves from one version to the next at once. `$LATEST` changes in the middle of a deployment: the provider updates a
 * function's configuration, then its code, and old code with new variables may not even start.
 */
export const createLiveAlias = (of: AssistantFunction, provider: AwsProvider): LambdaAlias =>
  new LambdaAlias(of, LIVE, {
    provider,
    name: LIVE,
    functionName: of.function.functionName,
    functionVersion: of.function.version,
    // Lambda deletes a function with its aliases: of one that is replaced, there is none left to move.
    lifecycle: {
      replaceTriggeredBy: [`${of.function.terraformResourceType}.${of.function.friendlyUniqueId}.arn`],
    },
  });
