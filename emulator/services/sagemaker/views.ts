import type { ModelPackage, ModelPackageGroup } from './model-packages';

/** Answer of DescribeModelPackageGroup. */
export function groupView({ name, description }: ModelPackageGroup, arn: string, createdAt: number): object {
  return {
    ModelPackageGroupName: name,
    ModelPackageGroupArn: arn,
    ModelPackageGroupDescription: description,
    CreationTime: createdAt,
    CreatedBy: {},
    ModelPackageGroupStatus: 'Completed',
  };
}

/** An entry of ListModelPackages. */
export function packageSummary(item: ModelPackage, groupName: string): object {
  return {
    ModelPackageGroupName: groupName,
    ModelPackageVersion: item.version,
    ModelPackageArn: item.arn,
    ModelPackageDescription: item.ModelPackageDescription,
    CreationTime: item.createdAt,
    ModelPackageStatus: 'Completed',
    ModelApprovalStatus: item.ModelApprovalStatus,
  };
}

/** Answer of DescribeModelPackage: a version is completed at once, since nothing of it is validated. */
export function packageView(item: ModelPackage, groupName: string): object {
  return {
    ...packageSummary(item, groupName),
    ModelPackageName: groupName,
    ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    CustomerMetadataProperties: item.CustomerMetadataProperties,
    MetadataProperties: item.MetadataProperties,
    SourceUri: item.SourceUri,
    SkipModelValidation: item.SkipModelValidation,
    Domain: item.Domain,
    Task: item.Task,
    ApprovalDescription: item.approvalDescription,
    LastModifiedTime: item.changedAt,
  };
}
