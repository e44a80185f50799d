import type { Intercept } from '../../platform/faults/effects';
import type { Authorizer } from '../../platform/policy/authorizer';
import { AwsError } from '../../platform/http/aws-error';
import type { AwsServer } from '../../platform/http/server';
import { type Resource, UnsupportedError } from '../../stack/resource';
import { dataPlane } from '../appconfigdata/data-plane';
import type { Alarms } from '../cloudwatch/alarms';
import { arnsOf, catalogueOperations } from './control-plane';
import { deploymentOperations } from './deployment-operations';
import { hostedVersionOperations } from './hosted-version-operations';
import { type Deployment, Deployments } from './deployments';
import { HostedVersions } from './hosted-versions';
import { type Authorize, createServer, router } from './http';
import { type AppConfigResources, readResources } from './resources';
import { checkDescription, ContentValidator } from './validation';

export interface AppConfigOptions {
  /** default: everyone may do everything */
  readonly authorize?: Authorize;
  /** milliseconds since the epoch */
  readonly now?: () => number;
  /** the time of deployments; default: `now` */
  readonly emulatedNow?: () => number;
  /** what may take a deployment back; default: nothing */
  readonly monitoring?: Monitoring;
  /** by which the intervals of polls are divided; default: 1 */
  readonly speed?: number;
  /** what is wrong with a call; default: nothing */
  readonly intercept?: Intercept;
}

/** CloudWatch's alarms of the region, and IAM's word on who may ask for them. */
export interface Monitoring {
  readonly alarms: Pick<Alarms, 'statusOf' | 'onEvaluated'>;
  readonly authorizer: Pick<Authorizer, 'authorize' | 'assumable'>;
}

/** AppConfig in one region, with the profile, environment and strategy that the stack declares. */
export class AppConfig {
  private resources: AppConfigResources;
  private validator: ContentValidator;
  private find: ReturnType<typeof router>;
  private readonly versions: HostedVersions;
  private readonly deployments: Deployments;
  private readonly server: AwsServer;
  private readonly forget: (() => void) | undefined;

  /**
   * Deploys the stack's hosted configuration; its bake time starts now.
   * @param resources those of one stack
   * @throws UnsupportedError for what is not emulated
   * @throws Error with the address of a validator or a first configuration that AppConfig would refuse
   */
  constructor(
    resources: readonly Resource[],
    private readonly options: AppConfigOptions = {},
  ) {
    const { authorize = () => undefined, now = Date.now, intercept = () => undefined } = options;
    const { emulatedNow = now, monitoring } = options;
    this.resources = this.read(resources);
    const { region, seed } = this.resources;
    this.validator = validatorOf(this.resources);
    this.versions = at(seed.address, () => new HostedVersions(seed.version));
    const validator = {
      check: (content: string) => {
        this.validator.check(content);
      },
    };
    this.deployments = at(seed.address, () => new Deployments({ validator, now: emulatedNow }, seed));
    this.forget = monitoring?.alarms.onEvaluated(() => {
      this.heedAlarms(monitoring.alarms);
    });
    this.find = this.createRouter();
    this.server = createServer({
      region,
      find: (method, path) => this.find(method, path),
      authorize,
      intercept,
    });
  }

  /**
   * Takes these for what is declared now: versions and deployments stay, since they are the operators', and sessions
   * end. @throws UnsupportedError
   */
  declare(resources: readonly Resource[]): void {
    this.resources = this.read(resources);
    this.validator = validatorOf(this.resources);
    this.find = this.createRouter();
  }

  /** @throws UnsupportedError for an alarm that AppConfig could not ask for: whether AWS would tell is not known */
  private read(resources: readonly Resource[]): AppConfigResources {
    const read = readResources(resources);
    const { environment, region, accountId } = read;
    const anyAlarm = `arn:aws:cloudwatch:${region}:${accountId}:alarm:*`;
    for (const { roleArn } of environment.monitors) {
      const { authorizer } = this.options.monitoring ?? {};
      const address = `${environment.address}.monitor`;
      if (authorizer?.assumable(roleArn, 'appconfig.amazonaws.com') === false)
        throw new UnsupportedError(address, 'AppConfig may not assume the role: mend its trust policy');
      try {
        authorizer?.authorize(roleArn, 'cloudwatch:DescribeAlarms', anyAlarm);
      } catch (error) {
        throw new UnsupportedError(address, error instanceof Error ? error.message : String(error));
      }
    }
    return read;
  }

  /**
   * An alarm takes a deployment back that is under way, and so does one that lacks data: AppConfig user guide,
   * "Monitoring deployments for automatic rollback". That its state counts, whenever it was entered, is assumed.
   */
  private heedAlarms(alarms: Monitoring['alarms']): void {
    const deployment = this.deployments.underWay();
    if (deployment === undefined) return;
    const alarm = this.resources.environment.monitors.find(({ alarmArn }) => {
      const [, name = ''] = /:alarm:(.*)$/.exec(alarmArn) ?? [];
      return alarms.statusOf(name)?.state !== 'OK';
    });
    if (alarm === undefined) return;
    this.deployments.stop(deployment, true, { by: 'CLOUDWATCH_ALARM', description: alarm.alarmArn });
  }

  /** @returns the URL of control plane and data plane */
  listen(): Promise<string> {
    return this.server.listen();
  }

  close(): Promise<void> {
    this.forget?.();
    return this.server.close();
  }

  /**
   * CreateHostedConfigurationVersion and StartDeployment in one, all at once; what is refused leaves no version
   * behind.
   * @throws BadRequestError, AwsError PayloadTooLargeException or ConflictException
   */
  deploy(content: string, description?: string): Deployment {
    checkDescription(description);
    this.validator.check(content);
    this.deployments.requireIdle();
    const version = this.versions.create({ content });
    return this.deployments.start({ version, strategy: this.resources.seed.strategy, description });
  }

  /** The configuration in force. */
  current(): Deployment {
    return this.deployments.current();
  }

  private createRouter(): ReturnType<typeof router> {
    const { resources, versions, deployments } = this;
    const { now = Date.now, speed = 1 } = this.options;
    const scope = { resources, versions, deployments, arns: arnsOf(resources) };
    return router({
      ...dataPlane({ resources, deployments, now, speed }),
      ...catalogueOperations(scope),
      ...hostedVersionOperations(scope),
      ...deploymentOperations(scope),
    });
  }
}

const validatorOf = ({ profile, schemas }: AppConfigResources): ContentValidator =>
  at(profile.address, () => new ContentValidator(schemas));

/** Names the resource at fault in whatever goes wrong. */
function at<T>(address: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const kind = error instanceof AwsError ? `${error.type}: ` : '';
    throw new Error(`${address}: ${kind}${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
