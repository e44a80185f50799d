import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, parseJson, type Reply } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import { parse } from '../../platform/http/constraints';
import type { Clock } from '../../platform/clock';
import { type Intercept, withEffect } from '../../platform/faults/effects';
import {
  createSchema,
  describeGroupSchema,
  doesNotExist,
  listSchema,
  namedSchema,
  updateSchema,
} from './requests';
import {
  groupView,
  type ModelPackageGroup,
  ModelPackages,
  packageSummary,
  packageView,
} from './model-packages';

const MAX_BODY_BYTES = 1024 * 1024;
const TARGET = 'SageMaker.';

export interface SageMakerOptions {
  readonly region: string;
  /** ID of this account, 12 digits */
  readonly account: string;
  readonly group: ModelPackageGroup;
  readonly clock: Clock;
  /** throws an error named `AccessDenied...` when this caller may not do this; default: all may */
  readonly authorize?: (accessKeyId: string, action: string, resource: string) => void;
  /** what is wrong with a call; default: nothing */
  readonly intercept?: Intercept;
}

type Permit = (action: string, resource: string) => void;
type Operation = (body: unknown, permit: Permit) => object;

/**
 * SageMaker's model registry in one region, over its real protocol, with the one group that the stack declares.
 * Everything else of SageMaker is refused: UnknownOperationException.
 */
export class SageMaker {
  private readonly operations: Readonly<Record<string, Operation>>;
  private readonly server: AwsServer;

  constructor(private readonly options: SageMakerOptions) {
    this.operations = createOperations(options);
    this.server = new AwsServer({
      maxBodyBytes: MAX_BODY_BYTES,
      protocol: 'awsJson1_1',
      messageMember: 'Message',
      handle: (request) =>
        withEffect(options.intercept?.(), async () => Promise.resolve(this.handle(request)), request.signal),
    });
  }

  /** @returns the endpoint's URL */
  listen(port = 0): Promise<string> {
    return this.server.listen(port);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private handle({ headers, body }: AwsRequest): Reply {
    const { region, authorize } = this.options;
    const { accessKeyId } = requireScope(headers.authorization, { region, service: 'sagemaker' });
    const target = String(headers['x-amz-target'] ?? '');
    const name = target.startsWith(TARGET) ? target.slice(TARGET.length) : '';
    const operation = Object.hasOwn(this.operations, name) ? this.operations[name] : undefined;
    if (operation === undefined) {
      const message = `${target} is no operation of SageMaker that is emulated.`;
      throw new AwsError(400, 'UnknownOperationException', message);
    }
    const permit: Permit = (action, resource) => {
      requirePermission(() => authorize?.(accessKeyId, action, resource));
    };
    const result = operation(parseJson(body), permit);
    return { status: 200, body: result };
  }
}

function createOperations(options: SageMakerOptions): Readonly<Record<string, Operation>> {
  const { region, account, group, clock } = options;
  const now = () => clock.now() / 1000;
  const createdAt = now();
  const arn = `arn:aws:sagemaker:${region}:${account}`;
  const groupArn = `${arn}:model-package-group/${group.name}`;
  const packages = new ModelPackages(`${arn}:model-package/${group.name}`, now);
  const requireGroup = (name: string): void => {
    if (name !== group.name && name !== groupArn) throw doesNotExist('ModelPackageGroup', name);
  };
  // Permission is asked for by what is named: who may not look does not learn either what is not there.
  const groupArnOf = (name: string) =>
    name.startsWith('arn:') ? name : `${arn}:model-package-group/${name}`;

  return {
    DescribeModelPackageGroup: (body, permit) => {
      const { ModelPackageGroupName: name } = parse(describeGroupSchema, body);
      permit('sagemaker:DescribeModelPackageGroup', groupArnOf(name));
      requireGroup(name);
      return groupView(group, groupArn, createdAt);
    },
    CreateModelPackage: (body, permit) => {
      const request = parse(createSchema, body);
      permit('sagemaker:CreateModelPackage', groupArnOf(request.ModelPackageGroupName));
      requireGroup(request.ModelPackageGroupName);
      return { ModelPackageArn: packages.create(request) };
    },
    DescribeModelPackage: (body, permit) => {
      const { ModelPackageName: name } = parse(namedSchema, body);
      permit('sagemaker:DescribeModelPackage', packages.arnOf(name));
      return packageView(packages.get(name), group.name);
    },
    ListModelPackages: (body, permit) => {
      permit('sagemaker:ListModelPackages', '*');
      const request = parse(listSchema, body);
      const { ModelPackageGroupName: name, ModelPackageType: type } = request;
      if (name !== undefined) requireGroup(name);
      // Without a group, packages outside of one are listed, unless the type says otherwise.
      const versioned = name !== undefined || type === 'Versioned' || type === 'Both';
      if (!versioned || !group.name.includes(request.NameContains)) return { ModelPackageSummaryList: [] };
      const { items, nextToken } = packages.page(request);
      return {
        ModelPackageSummaryList: items.map((item) => packageSummary(item, group.name)),
        NextToken: nextToken,
      };
    },
    UpdateModelPackage: (body, permit) => {
      const request = parse(updateSchema, body);
      permit('sagemaker:UpdateModelPackage', packages.arnOf(request.ModelPackageArn));
      return { ModelPackageArn: packages.update(request).arn };
    },
    DeleteModelPackage: (body, permit) => {
      const { ModelPackageName: name } = parse(namedSchema, body);
      permit('sagemaker:DeleteModelPackage', packages.arnOf(name));
      packages.delete(name);
      return {};
    },
  };
}
