import { ListTagsForResourceCommand } from '@aws-sdk/client-bedrock';
import {
  CreateModelPackageCommand,
  DeleteModelPackageCommand,
  DescribeModelPackageCommand,
  paginateListModelPackages,
  UpdateModelPackageCommand,
  type ListModelPackagesCommandInput,
  type ModelApprovalStatus,
} from '@aws-sdk/client-sagemaker';
import { DATA_VERSION_TAG } from '../job/customization-request';
import { itemsOf } from '../../command/pages';
import type { Target } from '../target/target';
import type { TunedModel } from './tuned-model';

type Register = Pick<Target, 'sageMaker' | 'modelPackageGroup'>;

/** SageMaker's limit for a value of a package's metadata. */
const MAX_METADATA_VALUE = 256;

/**
 * Keeps the model in the register of tuned models, with where it comes from and by what it is served.
 * @returns ARN of its package: the one there is, or a new one that waits for approval
 */
export async function registerModel(
  target: Register & Pick<Target, 'bedrock'>,
  model: TunedModel,
  servingArn: string,
): Promise<string> {
  const existing = await findPackage(target, model.arn);
  if (existing) {
    await target.sageMaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: existing.arn,
        CustomerMetadataProperties: { servedBy: servingArn },
        // Taken out of service before, it waits for its approval like a new one.
        ...(existing.approval === 'Rejected' && { ModelApprovalStatus: 'PendingManualApproval' }),
      }),
    );
    return existing.arn;
  }
  const { ModelPackageArn = '' } = await target.sageMaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: target.modelPackageGroup,
      ModelPackageDescription: `${model.name}, tuned from ${model.base.id}`,
      ModelApprovalStatus: 'PendingManualApproval',
      CustomerMetadataProperties: { ...(await metadata(target, model)), servedBy: servingArn },
    }),
  );
  return ModelPackageArn;
}

export async function setApproval(
  { sageMaker }: Pick<Target, 'sageMaker'>,
  ModelPackageArn: string,
  ModelApprovalStatus: ModelApprovalStatus,
  ApprovalDescription: string,
): Promise<void> {
  await sageMaker.send(
    new UpdateModelPackageCommand({ ModelPackageArn, ModelApprovalStatus, ApprovalDescription }),
  );
}

/** A package of the register, by its ARN. */
interface RegisteredPackage {
  readonly arn: string;
  readonly approval: ModelApprovalStatus | undefined;
}

const NEWEST_FIRST = { SortBy: 'CreationTime', SortOrder: 'Descending' } as const;

/** The package of a custom model: the newest one that names it. */
export async function findPackage(
  register: Register,
  modelArn: string,
): Promise<RegisteredPackage | undefined> {
  for (const arn of await packageArns(register, NEWEST_FIRST)) {
    const { CustomerMetadataProperties, ModelApprovalStatus: approval } = await register.sageMaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: arn }),
    );
    if (CustomerMetadataProperties?.modelArn === modelArn) return { arn, approval };
  }
  return undefined;
}

/** All packages, as SageMaker describes them. */
export async function describeRegister(register: Register): Promise<readonly object[]> {
  const found: object[] = [];
  for (const ModelPackageName of await packageArns(register)) {
    const { $metadata: _, ...described } = await register.sageMaker.send(
      new DescribeModelPackageCommand({ ModelPackageName }),
    );
    found.push(described);
  }
  return found;
}

/**
 * Deletes all packages: SageMaker deletes no group that has some.
 * @returns how many there were
 */
export async function emptyRegister(register: Register): Promise<number> {
  const arns = await packageArns(register);
  for (const ModelPackageName of arns)
    await register.sageMaker.send(new DeleteModelPackageCommand({ ModelPackageName }));
  return arns.length;
}

export async function packageArns(
  { sageMaker: client, modelPackageGroup: ModelPackageGroupName }: Register,
  order: Pick<ListModelPackagesCommandInput, 'SortBy' | 'SortOrder'> = {},
): Promise<readonly string[]> {
  const pages = paginateListModelPackages({ client }, { ModelPackageGroupName, ...order });
  const packages = await itemsOf(pages, (page) => page.ModelPackageSummaryList);
  return packages.flatMap(({ ModelPackageArn }) => ModelPackageArn ?? []);
}

async function metadata(
  { bedrock }: Pick<Target, 'bedrock'>,
  { arn, base, details }: TunedModel,
): Promise<Record<string, string>> {
  const { jobArn, trainingDataConfig, trainingMetrics, validationMetrics, hyperParameters = {} } = details;
  const { tags = [] } =
    jobArn === undefined ? {} : await bedrock.send(new ListTagsForResourceCommand({ resourceARN: jobArn }));
  const known = {
    modelArn: arn,
    baseModel: base.id,
    jobArn,
    trainingData: trainingDataConfig?.s3Uri,
    trainingDataVersion: tags.find(({ key }) => key === DATA_VERSION_TAG)?.value,
    trainingLoss: trainingMetrics?.trainingLoss?.toString(),
    validationLoss: validationMetrics?.[0]?.validationLoss?.toString(),
    ...Object.fromEntries(
      Object.entries(hyperParameters).map(([name, value]) => [`hyperParameters.${name}`, value]),
    ),
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value.slice(0, MAX_METADATA_VALUE)]],
    ),
  );
}
