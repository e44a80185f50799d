import {
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
  STSServiceException,
} from '@aws-sdk/client-sts';
import type { AwsServer } from '../../../platform/http/server';
import { OPERATOR } from '../../../platform/policy/authorizer';
import { createSts } from '../../../services/sts/sts';

describe('STS', () => {
  let server: AwsServer;
  let endpoint: string;
  beforeAll(async () => {
    server = createSts('us-east-1');
    endpoint = await server.listen();
  });
  afterAll(() => server.close());

  const client = (more = {}) =>
    new STSClient({ endpoint, region: 'us-east-1', credentials: OPERATOR, maxAttempts: 1, ...more });

  it('knows the operator', async () => {
    expect(await client().send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/local',
      UserId: 'AIDALOCALLOCALLOCALLO',
    });
  });

  it.each([
    ['a stranger', { credentials: { ...OPERATOR, accessKeyId: 'AKIASTRANGER' } }, 'InvalidClientTokenId'],
    ['a signature for another region', { region: 'us-west-2' }, 'SignatureDoesNotMatch'],
  ])('refuses %s', async (_, more, name) => {
    const call = client(more).send(new GetCallerIdentityCommand({}));
    await expect(call).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 403 } });
  });

  it('refuses operations that it does not emulate', async () => {
    const call = client().send(new GetSessionTokenCommand({}));
    await expect(call).rejects.toBeInstanceOf(STSServiceException);
    await expect(call).rejects.toMatchObject({ name: 'InvalidAction' });
  });

  it('refuses requests without a signature', async () => {
    const response = await fetch(endpoint, { method: 'POST', body: 'Action=GetCallerIdentity' });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });
});
