import { parseCredentialScope, requireScope } from '../../../platform/http/sigv4';
import fc from 'fast-check';

const signature = 'a'.repeat(64);
const header = (scope: string): string =>
  `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
const expected = { region: 'us-east-1', service: 'bedrock' };

describe('the scope of a Signature Version 4 header', () => {
  it('reads back every scope that it is given', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(part, fc.stringMatching(/^\d{8}$/), part, part, (accessKeyId, date, region, service) => {
        expect(
          parseCredentialScope(header(`${accessKeyId}/${date}/${region}/${service}/aws4_request`)),
        ).toEqual({ accessKeyId, date, region, service });
      }),
    );
  });

  it('accepts this service in this region', () => {
    expect(requireScope(header('AKIA/20261122/us-east-1/bedrock/aws4_request'), expected).accessKeyId).toBe(
      'AKIA',
    );
  });

  it.each([
    ['no header', undefined, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
    ['a bearer token', 'Bearer abc', 'IncompleteSignatureException', 'complete'],
    [
      'no signature',
      'AWS4-HMAC-SHA256 Credential=A/20261122/us-east-1/bedrock/aws4_request, SignedHeaders=host',
      'IncompleteSignatureException',
      'complete',
    ],
    [
      'another region',
      header('AKIA/20261122/us-west-2/bedrock/aws4_request'),
      'InvalidSignatureException',
      'valid region',
    ],
    [
      'another service',
      header('AKIA/20261122/us-east-1/s3/aws4_request'),
      'InvalidSignatureException',
      "correct service: 'bedrock'",
    ],
  ])('refuses %s', (_, authorization, type, message) => {
    expect(() => requireScope(authorization, expected)).toThrow(
      expect.objectContaining({
        status: 403,
        type,
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});
