import type { Faults } from '../platform/faults/faults';
import { AwsEndpoint } from '../platform/http/aws-endpoint';
import type { AwsServer } from '../platform/http/server';
import type { CredentialScope } from '../platform/http/sigv4';
import { createAuthorizer, OPERATOR, RoleSessions, type ServiceClient } from '../platform/policy/authorizer';
import { CloudWatch, type CloudWatchRegion } from '../services/cloudwatch/cloudwatch';
import type { Metrics } from '../services/cloudwatch/metrics';
import { createIam } from '../services/iam/iam-api';
import type { Route53 } from '../services/route53/route53';
import { Route53Api } from '../services/route53/route53-api';
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
  private readonly cloudWatch: CloudWatch;
  private readonly route53: Route53Api;
  private readonly iam: AwsServer;
  private readonly endpoint = new AwsEndpoint((scope, path) => this.find(scope, path));
  private urls = { monitoring: '', route53: '', iam: '' };

  constructor(private readonly options: AccountServicesOptions) {
    // Operators alone come here: no function of a stack calls these.
    const operators = new RoleSessions(createAuthorizer({ of: () => [] }));
    const authorize = (...call: Parameters<RoleSessions['authorize']>) => {
      operators.authorize(...call);
    };
    this.cloudWatch = new CloudWatch({ authorize, regionOf: (region) => this.regionOf(region) });
    this.route53 = new Route53Api({ authorize, route53: options.route53 });
    this.iam = createIam({
      stack: { of: (type) => options.regions.flatMap(({ stack }) => stack.of(type)) },
      authorize,
    });
  }

  /** @param port of the address for all. @throws Error with `code` EADDRINUSE */
  async listen(port: number): Promise<void> {
    const [monitoring, route53, iam] = await Promise.all([
      this.cloudWatch.listen(),
      this.route53.listen(),
      this.iam.listen(),
    ]);
    this.urls = { monitoring, route53, iam };
    await this.endpoint.listen(port);
  }

  async close(): Promise<void> {
    await Promise.all([this.endpoint, this.cloudWatch, this.route53, this.iam].map((each) => each.close()));
  }

  /** By which an operator reaches CloudWatch in a region. */
  cloudWatchClient(region: string): ServiceClient {
    return { endpoint: this.urls.monitoring, region, credentials: OPERATOR };
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
    if (service === 'monitoring' || service === 'route53' || service === 'iam') return this.urls[service];
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
