import type { Faults } from '../platform/faults/faults';
import { createAwsEndpoint } from '../platform/http/aws-endpoint';
import type { AwsServer } from '../platform/http/server';
import type { CredentialScope } from '../platform/http/sigv4';
import { createAuthorizer, OPERATOR, RoleSessions, type ServiceClient } from '../platform/policy/authorizer';
import { type CloudWatchRegion, createCloudWatch } from '../services/cloudwatch/cloudwatch';
import type { Metrics } from '../services/cloudwatch/metrics';
import { createIam } from '../services/iam/iam-api';
import type { Route53 } from '../services/route53/route53';
import { createRoute53Api } from '../services/route53/route53-api';
import type { LocalRegion } from './region/local-region';

/** The region in which services without one have their metrics, whether anything is deployed there or not. */
const GLOBAL = 'us-east-1';

interface AccountServicesOptions {
  /** Those that are deployed at the time. */
  readonly regions: readonly LocalRegion[];
  readonly route53: Route53;
  readonly globalMetrics: Metrics;
  readonly faults: Faults;
}

/** What an account has whatever is deployed: CloudWatch in each region, Route 53's API, IAM's over all regions' roles, and one address for all. */
export class AccountServices {
  /** By the names that their requests are signed for. */
  private readonly services: Readonly<Record<'monitoring' | 'route53' | 'iam', AwsServer>>;
  private readonly endpoint = createAwsEndpoint((scope, path) => this.find(scope, path));
  private urls: ReadonlyMap<string, string> = new Map();

  constructor(private readonly options: AccountServicesOptions) {
    // Operators alone come here: no function of a stack calls these.
    const operators = new RoleSessions(createAuthorizer({ of: () => [] }));
    const authorize = (...call: Parameters<RoleSessions['authorize']>) => {
      operators.authorize(...call);
    };
    const stack = { of: (type: string) => options.regions.flatMap((region) => region.stack.of(type)) };
    this.services = {
      monitoring: createCloudWatch({ authorize, regionOf: (region) => this.regionOf(region) }),
      route53: createRoute53Api({ authorize, route53: options.route53 }),
      iam: createIam({ authorize, stack }),
    };
  }

  /** @param port of the address for all. @throws Error with `code` EADDRINUSE */
  async listen(port: number): Promise<void> {
    const listening = Object.entries(this.services).map(
      async ([name, service]) => [name, await service.listen()] as const,
    );
    this.urls = new Map(await Promise.all(listening));
    await this.endpoint.listen(port);
  }

  async close(): Promise<void> {
    await Promise.all([this.endpoint, ...Object.values(this.services)].map((each) => each.close()));
  }

  /** By which an operator reaches CloudWatch in a region. */
  cloudWatchClient(region: string): ServiceClient {
    return { endpoint: this.urls.get('monitoring') ?? '', region, credentials: OPERATOR };
  }

  private regionOf(name: string): CloudWatchRegion {
    const { regions, globalMetrics, faults } = this.options;
    const region = regions.find(({ stack }) => stack.region === name);
    return {
      metrics: [...(region ? [region.metrics] : []), ...(name === GLOBAL ? [globalMetrics] : [])],
      alarms: region?.alarms.declared() ?? [],
      intercept: region ? faults.interceptor(region.role, 'region') : () => undefined,
    };
  }

  private find({ service, region }: CredentialScope, path: string): string | undefined {
    const url = this.urls.get(service);
    if (url !== undefined) return url;
    const clients = this.options.regions.find(({ stack }) => stack.region === region)?.clients();
    switch (service) {
      case 'appconfig':
        return clients?.appConfig.endpoint;
      case 'dynamodb':
        return clients?.dynamoDb.endpoint;
      case 'servicequotas':
        return clients?.serviceQuotas.endpoint;
      case 'xray':
        return clients?.xray.endpoint;
      case 'bedrock':
        // The runtime signs as the control plane does.
        return path.startsWith('/model/') ? clients?.bedrockRuntime.endpoint : clients?.bedrock.endpoint;
      default:
        return undefined;
    }
  }
}
