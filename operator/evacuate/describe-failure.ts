/** What an operator does about an error of the switch's table, by the error's name. */
const REMEDIES: Readonly<Record<string, string>> = {
  ResourceNotFoundException:
    'The table is not there: check context.assistant.project and regions in cdktf.json, and `npx cdktf deploy secondary`.',
  AccessDeniedException: 'The credentials need dynamodb:GetItem, PutItem and DeleteItem on that table.',
  UnrecognizedClientException: 'The credentials are not valid: sign in again.',
  ExpiredTokenException: 'The credentials have expired: sign in again.',
  CredentialsProviderError:
    'There are no credentials: sign in, with a profile that does not need the lost region (a regional STS endpoint elsewhere, or an emergency user).',
};

const OTHERWISE =
  'Try again. If the standby region itself does not answer, do not evacuate into it: the primary keeps its callers.';

/** @returns what went wrong with the switch, and what to do */
export function describeSwitchFailure(error: unknown, table: string, region: string): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // Errors of sockets are told by their code alone, and may come without a message.
  const what = [name, message].filter(Boolean).join(': ');
  return `The switch in ${region} (table ${table}) could not be reached. ${what}\n${REMEDIES[name] ?? OTHERWISE}`;
}
