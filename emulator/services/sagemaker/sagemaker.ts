import { AwsError } from '../../platform/http/aws-error';
import { AwsServer, parseJson } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import { parse } from '../../platform/http/constraints';
import type { Clock } from '../../platform/clock';
import { ACCOUNT } from '../../stack/placement';
import { createSchema, doesNotExist, listSchema, namedSchema, updateSchema } from './requests';
import { ModelPackages, packageSummary, packageView } from './model-packages';

const MAX_BODY_BYTES = 1024 * 1024;
const TARGET = 'SageMaker.';

export interface SageMakerOptions {
  readonly region: string;
  /** name of the stack's `aws_sagemaker_model_package_group` */
  readonly group: string;
  readonly clock: Clock;
  /** throws an error named `AccessDenied...` when this caller may not do this; default: all may */
  readonly authorize?: (accessKeyId: string, action: string, resource: string) => void;
}

type Permit = (action: string, resource: string) => void;
type Operation = (body: unknown, permit: Permit) => object;

/**
 * SageMaker's model registry in one region, over its real protocol, with the one group that the stack declares: its
 * versions. Everything else of SageMaker is refused: UnknownOperationException.
 */
export function createSageMaker(options: SageMakerOptions): AwsServer {
  const { region, authorize } = options;
  const operations = createOperations(options);
  return new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    protocol: 'awsJson1_1',
    messageMember: 'Message',
    handle: ({ headers, body }) => {
      const { accessKeyId } = requireScope(headers.authorization, { region, service: 'sagemaker' });
      const target = String(headers['x-amz-target'] ?? '');
      const name = target.startsWith(TARGET) ? target.slice(TARGET.length) : '';
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (operation === undefined) {
        const message = `${target} is no operation of SageMaker that is emulated.`;
        throw new AwsError(400, 'UnknownOperationException', message);
      }
      const permit: Permit = (action, resource) => {
        requirePermission(() => authorize?.(accessKeyId, action, resource));
      };
      return { status: 200, body: operation(parseJson(body), permit) };
    },
  });
}

function createOperations({ region, group, clock }: SageMakerOptions): Readonly<Record<string, Operation>> {
  const arn = `arn:aws:sagemaker:${region}:${ACCOUNT}`;
  const packages = new ModelPackages(`${arn}:model-package/${group}`, () => clock.now() / 1000);
  // Permission is asked for by what is named: who may not look does not learn either what is not there.
  const groupArnOf = (name: string) =>
    name.startsWith('arn:') ? name : `${arn}:model-package-group/${name}`;
  const requireGroup = (name: string): void => {
    if (groupArnOf(name) !== groupArnOf(group)) throw doesNotExist('ModelPackageGroup', name);
  };

  return {
    CreateModelPackage: (body, permit) => {
      const request = parse(createSchema, body);
      permit('sagemaker:CreateModelPackage', groupArnOf(request.ModelPackageGroupName));
      requireGroup(request.ModelPackageGroupName);
      return { ModelPackageArn: packages.create(request) };
    },
    DescribeModelPackage: (body, permit) => {
      const { ModelPackageName: name } = parse(namedSchema, body);
      permit('sagemaker:DescribeModelPackage', packages.arnOf(name));
      return packageView(packages.get(name), group);
    },
    ListModelPackages: (body, permit) => {
      permit('sagemaker:ListModelPackages', '*');
      const request = parse(listSchema, body);
      // Without a group, packages outside of one are listed.
      if (request.ModelPackageGroupName === undefined) return { ModelPackageSummaryList: [] };
      requireGroup(request.ModelPackageGroupName);
      const { items, nextToken } = packages.page(request);
      return {
        ModelPackageSummaryList: items.map((item) => packageSummary(item, group)),
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
