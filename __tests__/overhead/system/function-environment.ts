import { functionConfiguration, type Resource } from '@assistant/emulator/run';

/** What Lambda itself puts into a function's environment, and nothing that is a secret. */
export const platformEnvironment = (region: string): Readonly<Record<string, string>> => ({
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_SESSION_TOKEN: 'bench',
  // Deployed, the functions run on a newer Node than this machine may have.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

/** A function's whole environment, as the stack and Lambda give it. */
export const functionEnvironment = (fn: Resource, region: string): Readonly<Record<string, string>> => ({
  ...functionConfiguration(fn).variables,
  ...platformEnvironment(region),
});
