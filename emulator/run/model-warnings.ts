import type { BedrockMode } from './region/bedrock-mode';

/** A server on this machine answers at once, and a start is not to wait for one that does not. */
const TIMEOUT_MS = 3_000;

/**
 * Looks for whoever is to answer for the models. Without them the system runs, but degrades every answer.
 * @returns what is wrong, and what to do
 */
export async function modelWarnings(mode: BedrockMode): Promise<readonly string[]> {
  if (mode.kind === 'openai') return serverWarnings(mode);
  if (mode.kind === 'aws') return credentialWarnings();
  return [];
}

async function serverWarnings({ url, model }: BedrockMode & { kind: 'openai' }): Promise<readonly string[]> {
  try {
    const response = await fetch(`${url}/models`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    // Not every server lists its models.
    if (!response.ok) return [];
    const { data } = (await response.json()) as { data: readonly { id: string }[] };
    const names = data.map(({ id }) => id);
    if (names.includes(model)) return [];
    return [`${url} has no model "${model}", but: ${names.join(', ') || 'none'}.`];
  } catch (error) {
    const { cause = error } = error as Error;
    return [`No model server answers at ${url} (${messageOf(cause)}). Start it, or correct --url.`];
  }
}

/** Looks where the AWS SDK in the functions will look. */
async function credentialWarnings(): Promise<readonly string[]> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  try {
    await defaultProvider({ timeout: TIMEOUT_MS })();
    return [];
  } catch (error) {
    return [
      `There are no AWS credentials: ${messageOf(error)}. Sign in, e.g. \`aws sso login\`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and start again.`,
    ];
  }
}

const messageOf = (error: unknown): string => {
  const { message, code } = error as { message?: string; code?: string };
  return message === undefined || message === '' ? (code ?? String(error)) : message;
};
