import { AwsError } from '../../platform/http/aws-error';
import type { AwsServer } from '../../platform/http/server';
import { createQueryService } from '../../platform/http/query-protocol';
import { OPERATOR } from '../../platform/policy/authorizer';
import { ACCOUNT } from '../../stack/placement';

/**
 * STS in one region. Only GetCallerIdentity is emulated, and only the operator has an identity to ask for.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const createSts = (region: string): AwsServer =>
  createQueryService({
    service: 'sts',
    region,
    version: '2011-06-15',
    operations: {
      GetCallerIdentity: (_, accessKeyId) => {
        if (accessKeyId !== OPERATOR.accessKeyId) {
          throw new AwsError(
            403,
            'InvalidClientTokenId',
            'The security token included in the request is invalid.',
          );
        }
        return {
          Arn: `arn:aws:iam::${ACCOUNT}:user/local`,
          UserId: 'AIDALOCALLOCALLOCALLO',
          Account: ACCOUNT,
        };
      },
    },
  });
