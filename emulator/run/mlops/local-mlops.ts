import { createBedrockControl } from '../../services/bedrock/bedrock-control';
import type { Clock } from '../../platform/clock';
import type { Faults } from '../../platform/faults/faults';
import { createAuthorizer, OPERATOR, type ServiceClient } from '../../platform/policy/authorizer';
import type { RequestContext } from '../../platform/policy/policy';
import { createIam, IAM_REGION } from '../../services/iam/iam-api';
import { createKms } from '../../services/kms/kms';
import type { MlopsService, MlopsStatus } from '../../control-api/status';
import { S3 } from '../../services/s3/s3';
import { readBuckets } from '../../services/s3/bucket-settings';
import { createSageMaker } from '../../services/sagemaker/sagemaker';
import { createSts } from '../../services/sts/sts';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';

interface LocalMlopsOptions {
  readonly stack: Stack;
  readonly clock: Clock;
  readonly faults: Pick<Faults, 'interceptor'>;
}

/** A service of the stack, on a port of its own. */
interface Service {
  /** @returns the endpoint's URL */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** The mlops stack emulated: its bucket, its role, its register, and Bedrock's customization jobs. */
export class LocalMlops {
  readonly region: string;
  private readonly served = new Map<string, string>();
  /** The account's own models that Bedrock serves in this region now: ARN to base model. */
  readonly servedModels: ReadonlyMap<string, string> = this.served;
  private readonly services: Readonly<Record<MlopsService, Service>>;
  private running: MlopsStatus | undefined;

  /** @throws UnsupportedError with the address of what is not emulated */
  constructor(private readonly options: LocalMlopsOptions) {
    this.region = options.stack.region;
    this.services = this.createServices();
  }

  /** @throws Error while it does not run */
  status(): MlopsStatus {
    if (this.running === undefined) throw new Error('The mlops stack does not run.');
    return this.running;
  }

  async start(): Promise<void> {
    const listening = Object.entries(this.services).map(
      async ([name, service]): Promise<[string, ServiceClient]> => {
        const region = name === 'iam' ? IAM_REGION : this.region;
        return [name, { endpoint: await service.listen(), region, credentials: OPERATOR }];
      },
    );
    const clients = Object.fromEntries(await Promise.all(listening)) as MlopsStatus['clients'];
    // Each output of this stack is a text.
    const outputs = this.options.stack.outputs as MlopsStatus['outputs'];
    this.running = { region: this.region, outputs, clients };
  }

  async close(): Promise<void> {
    this.running = undefined;
    await Promise.all(Object.values(this.services).map((service) => service.close()));
  }

  private createServices(): Readonly<Record<MlopsService, Service>> {
    const { stack, clock, faults } = this.options;
    const { region } = this;
    const authorizer = createAuthorizer(stack);
    /** @param principal access key of a signature, or the ARN of the role that a service acts as */
    const authorize = (principal: string, action: string, resource: string, context?: RequestContext) => {
      if (principal !== OPERATOR.accessKeyId) authorizer.authorize(principal, action, resource, context);
    };
    const buckets = readBuckets(stack);
    const s3 = new S3({ buckets, region, authorize, intercept: faults.interceptor('mlops', 's3') });
    return {
      s3,
      iam: createIam({ stack, authorize }),
      kms: createKms({ stack, authorize }),
      sts: createSts(region),
      sageMaker: createSageMaker({ region, clock, authorize, group: registerOf(stack) }),
      bedrock: createBedrockControl({
        region,
        clock,
        authorize,
        assumable: (...asked) => authorizer.assumable(...asked),
        data: s3.objects,
        encryptionKey: (bucket) => buckets.find(({ name }) => name === bucket)?.encryption.keyArn,
        keys: stack.of('aws_kms_key').map((key) => text(key, 'arn')),
        served: this.served,
        intercept: faults.interceptor('mlops', 'customization'),
      }),
    };
  }
}

const registerOf = (stack: Stack): string =>
  text(stack.one('aws_sagemaker_model_package_group'), 'model_package_group_name');
