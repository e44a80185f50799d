import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { BedrockClient } from '@aws-sdk/client-bedrock';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { STSClient } from '@aws-sdk/client-sts';
import { answersWithin, type ServiceConfig } from '../../command/target';
import type { Target } from './target';

type TargetService = 's3' | 'bedrock' | 'sageMaker' | 'iam' | 'kms' | 'sts';
type TargetClients = Pick<Target, TargetService | 'appConfig' | 'close'>;

const REQUEST_TIMEOUT_MS = 20_000;

/** A part of an upload over a slow line. */
const TRANSFER_TIMEOUT_MS = 300_000;

/** The SDK's own retries are the only ones: what changes something is idempotent by a token or a lock. */
const within = (milliseconds: number) => ({ requestHandler: answersWithin(milliseconds) });

/** The SDK's clients of a target, each with its timeouts. */
export function createClients(
  service: Readonly<Record<TargetService, ServiceConfig>>,
  appConfig: Readonly<Record<'primary' | 'secondary', ServiceConfig>>,
): TargetClients {
  const clients = {
    s3: new S3Client({
      ...service.s3,
      ...within(TRANSFER_TIMEOUT_MS),
      // A bucket has no host name of its own at an endpoint that is an address.
      forcePathStyle: service.s3.endpoint !== undefined,
    }),
    bedrock: new BedrockClient({ ...service.bedrock, ...within(REQUEST_TIMEOUT_MS) }),
    sageMaker: new SageMakerClient({ ...service.sageMaker, ...within(REQUEST_TIMEOUT_MS) }),
    iam: new IAMClient({ ...service.iam, ...within(REQUEST_TIMEOUT_MS) }),
    kms: new KMSClient({ ...service.kms, ...within(REQUEST_TIMEOUT_MS) }),
    sts: new STSClient({ ...service.sts, ...within(REQUEST_TIMEOUT_MS) }),
  };
  const appConfigClients = {
    primary: new AppConfigClient({ ...appConfig.primary, ...within(REQUEST_TIMEOUT_MS) }),
    secondary: new AppConfigClient({ ...appConfig.secondary, ...within(REQUEST_TIMEOUT_MS) }),
  };
  return {
    ...clients,
    appConfig: appConfigClients,
    close: () => {
      for (const client of [...Object.values(clients), ...Object.values(appConfigClients)]) client.destroy();
    },
  };
}
